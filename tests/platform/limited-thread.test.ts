// S69 (memory): the heap of a thread has its own limit, whatever the process was started with.
import { execFile } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const BELOW_NORMAL = constants.priority.PRIORITY_BELOW_NORMAL;
const ROOT = join(import.meta.dirname, '../..');
const url = (path: string): string => `file://${join(ROOT, path)}`;

/** Runs `script` in a process that may use 512 MB. */
async function inProcess(script: string): Promise<unknown> {
  const args = ['--max-old-space-size=512', '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
  return JSON.parse(stdout);
}

test('a text that takes more than its thread may have is given up, also where the process may have more', async () => {
  const read = `
    import { readInThread } from '${url('src/features/imports/reading/read-in-thread.ts')}';
    const job = { kind: 'text', name: '', content: Buffer.alloc(4_000_000, 'a '), fallback: 'a', known: [] };
    const result = await readInThread(job, new AbortController().signal, { timeMs: 120_000, memoryMb: 24 });
    console.log(JSON.stringify(result));`;
  expect(await inProcess(read)).toEqual({ ok: false, reason: 'too_much_inside' });
});

test('a thread that gives way has a lower priority, and its process keeps its own', async () => {
  const compare = `
    import { getPriority } from 'node:os';
    import { Worker } from 'node:worker_threads';
    const thread = new Worker(\`
      import { getPriority } from 'node:os';
      import { parentPort } from 'node:worker_threads';
      import { giveWay } from '${url('src/platform/limited-thread.ts')}';
      giveWay();
      parentPort.postMessage(getPriority(0));\`, { eval: true });
    thread.once('message', (priority) => console.log(JSON.stringify({ thread: priority, process: getPriority(0) })));`;
  const { thread, process: own } = (await inProcess(compare)) as { thread: number; process: number };
  expect(thread).toBe(process.platform === 'linux' ? Math.max(own, BELOW_NORMAL) : own);
});
