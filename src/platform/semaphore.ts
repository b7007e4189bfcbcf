// Written by hand, because p-limit has no share per key and no wait that can be aborted.
interface Waiting {
  key: string;
  start: () => void;
}

/** At most `max` holders, and at most `share` of one key. Waiters of a full key let others pass. */
export function createSemaphore(max: number, share: number = max) {
  let taken = 0;
  const takenBy = new Map<string, number>();
  const waiting: Waiting[] = [];

  const isFree = (key: string): boolean => taken < max && (takenBy.get(key) ?? 0) < share;

  function occupy(key: string): () => void {
    taken += 1;
    takenBy.set(key, (takenBy.get(key) ?? 0) + 1);
    return () => free(key);
  }

  function free(key: string): void {
    taken -= 1;
    const left = (takenBy.get(key) ?? 1) - 1;
    if (left > 0) takenBy.set(key, left);
    else takenBy.delete(key);
    const next = waiting.findIndex((one) => isFree(one.key));
    if (next >= 0) waiting.splice(next, 1)[0]?.start();
  }

  return {
    /** All waiters, or those of one key. */
    waiting: (key?: string): number => (key === undefined ? waiting : waiting.filter((one) => one.key === key)).length,

    /** Null when `signal` ends the wait. */
    async take(signal?: AbortSignal, key = ''): Promise<(() => void) | null> {
      if (signal?.aborted) return null;
      if (isFree(key)) return occupy(key);
      return new Promise((resolve) => {
        const entry: Waiting = {
          key,
          start() {
            signal?.removeEventListener('abort', onAbort);
            resolve(occupy(key));
          },
        };
        const onAbort = () => {
          waiting.splice(waiting.indexOf(entry), 1);
          resolve(null);
        };
        waiting.push(entry);
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    },
  };
}
