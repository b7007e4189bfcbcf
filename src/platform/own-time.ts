import { AsyncLocalStorage } from 'node:async_hooks';

const replies = new AsyncLocalStorage<{ foreignMs: number }>();

/** Time in `foreign` does not count as our own. */
export async function foreign<T>(work: () => Promise<T>): Promise<{ result: T; tookMs: number }> {
  const startedMs = performance.now();
  try {
    const result = await work();
    return { result, tookMs: performance.now() - startedMs };
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
