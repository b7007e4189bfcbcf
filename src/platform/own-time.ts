import { AsyncLocalStorage } from 'node:async_hooks';

/** What one reply waited for peers: the AI and the channels. */
const replies = new AsyncLocalStorage<{ foreignMs: number }>();

/** Runs a call to a peer. The time it takes does not count as our own. */
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

/** Runs `work` and reports its milliseconds without those of `foreign` calls inside it. */
export function measureOwnTime<T>(work: () => Promise<T>, report: (ms: number) => void): Promise<T> {
  const reply = { foreignMs: 0 };
  const startedMs = performance.now();
  return replies.run(reply, work).finally(() => report(performance.now() - startedMs - reply.foreignMs));
}
