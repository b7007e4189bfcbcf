import type { Response } from 'express';
import type { createSemaphore } from '#platform/semaphore.ts';

/**
 * Takes a place until the answer is sent or the visitor leaves. A visitor who left before the call gets none: their response
 * tells of its end once only, and would keep the place for ever.
 */
export async function takePlace(
  res: Response,
  places: Pick<ReturnType<typeof createSemaphore>, 'take'>,
  { key, waitMs }: { key: string; waitMs?: number },
): Promise<'taken' | 'full' | 'left'> {
  if (hasLeft(res)) return 'left';
  const left = new AbortController();
  res.once('close', () => left.abort());
  const ends = waitMs === undefined ? left.signal : AbortSignal.any([left.signal, AbortSignal.timeout(waitMs)]);
  const release = await places.take(ends, key);
  if (hasLeft(res)) {
    release?.();
    return 'left';
  }
  if (!release) return 'full';
  res.once('close', release);
  return 'taken';
}

export const hasLeft = (res: Response): boolean => res.closed || res.req.socket.destroyed;
