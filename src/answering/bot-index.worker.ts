// A worker thread with the index of one bot that has much knowledge (S69): its work and its memory are not the process's own.
import { parentPort } from 'node:worker_threads';
import { giveWay } from '#platform/limited-thread.ts';
import { createIndexHere, createTurns } from './bot-index.ts';
import type { ThreadAnswer, ThreadRequest } from './index-in-thread.ts';

giveWay();
const index = createIndexHere(createTurns());
const port = parentPort;
if (!port) throw new Error('This file is a worker thread.');

port.on('message', ({ id, request }: { id: number; request: ThreadRequest }) => {
  const answer = (message: ThreadAnswer): void => port.postMessage({ id, ...message });
  perform(request).then(
    (value) => answer({ value, size: index.size() }),
    (error: Error) => answer({ error: error.message }),
  );
});

async function perform(request: ThreadRequest): Promise<unknown> {
  if (request.act === 'ask') return index.ask(request.kind, request.question);
  if (request.act === 'remove') return index.remove(request.ids);
  return index.put(request.entry);
}
