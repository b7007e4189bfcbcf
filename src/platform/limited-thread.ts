import { constants, getPriority, setPriority } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { Worker, type WorkerOptions } from 'node:worker_threads';

const YOUNG_MB = 32;

/**
 * A thread that ends itself when its heap outgrows `heapMb`. Where the process was started with --max-old-space-size, V8 gives
 * that to every thread in place of its own limit; the process itself has read it already.
 * Source: https://nodejs.org/api/worker_threads.html (resourceLimits, 2026-11).
 */
export function startLimitedThread(file: URL, { heapMb, ...options }: WorkerOptions & { heapMb: number }): Worker {
  setFlagsFromString('--max-old-space-size=0');
  return new Worker(file, {
    ...options,
    resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: YOUNG_MB },
  });
}

/** Called in a thread: it works while pages and answers leave time. Elsewhere than on Linux a priority is the whole process's. */
export function giveWay(): void {
  if (process.platform === 'linux') setPriority(0, Math.max(getPriority(0), constants.priority.PRIORITY_BELOW_NORMAL));
}
