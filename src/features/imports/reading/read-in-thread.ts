import { startLimitedThread } from '#platform/limited-thread.ts';
import type { ReadResult } from '../import.ts';
import type { ReadJob } from './read-content.ts';

export interface ThreadLimits {
  timeMs: number;
  memoryMb: number;
}
const LIMITS: ThreadLimits = { timeMs: 60_000, memoryMb: 256 };

/** Reads a source in a thread with limits of time and memory. Aborted: null. */
export function readInThread(job: ReadJob, signal: AbortSignal, limits: ThreadLimits = LIMITS): Promise<ReadResult | null> {
  const worker = startLimitedThread(new URL('./thread.ts', import.meta.url), {
    heapMb: limits.memoryMb,
    workerData: job,
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  return new Promise<ReadResult | null>((resolve) => {
    const timer = setTimeout(() => resolve({ ok: false, reason: 'too_slow' }), limits.timeMs);
    signal.addEventListener('abort', () => resolve(null), { once: true });
    worker.once('message', resolve);
    worker.once('error', (error: NodeJS.ErrnoException) =>
      resolve({ ok: false, reason: error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'too_much_inside' : 'corrupt' }),
    );
    worker.once('exit', () => {
      clearTimeout(timer);
      resolve({ ok: false, reason: 'corrupt' });
    });
  }).finally(() => worker.terminate());
}
