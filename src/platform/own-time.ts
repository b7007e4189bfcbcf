import { AsyncLocalStorage } from 'node:async_hooks';
import { awayFromPlace } from './held-place.ts';

const replies = new AsyncLocalStorage<{ foreignMs: number }>();

/** Time in `foreign` does not count as our own, and a request leaves its place to others meanwhile. */
export async function foreign<T>(work: () => Promise<T>): Promise<{ result: T; tookMs: number }> {
  const startedMs = performance.now();
  try {
    return await awayFromPlace(async () => ({ result: await work(), tookMs: performance.now() - startedMs }));
  } finally {
    const reply = replies.getStore();
    if (reply) reply.foreignMs += performance.now() - startedMs;
  }
}

export function measureOwnTime<T>(work: () => Promise<T>, report: (ms: number) => void): Promise<T> {
  const reply = { foreignMs: 0 };
  const startedMs = performance.now();
  return replies.run(reply, work).finally(() => report(performance.now() - startedMs - reply.foreignMs));
}
