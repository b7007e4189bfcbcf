import { threadEnvironment } from '#platform/code-cache.ts';
import { startLimitedThread } from '#platform/limited-thread.ts';
import type { BotIndex, IndexSize } from './bot-index.ts';
import type { IndexAnswers, IndexQuestion, IndexQuestions } from './index-questions.ts';
import type { KnowledgeText } from './knowledge-source.ts';

export type ThreadRequest =
  | { act: 'ask'; kind: IndexQuestion; question: IndexQuestions[IndexQuestion] }
  | { act: 'put'; entry: KnowledgeText }
  | { act: 'remove'; ids: readonly string[] };

export type ThreadAnswer = { value: unknown; size: IndexSize } | { error: string };

/** The thread ended, or its index grew too large: what it knew is gone. */
export class IndexLostError extends Error {
  override name = 'IndexLostError';
}

const MB = 1_048_576;
/** Of one index. 20 MB of random words, the worst a bot may have, take about 180. */
const MAX_INDEX_BYTES = 256 * MB;
/** Beyond the index: what is being read, and garbage. */
const HEAP_MB = 512;

/** An index in a worker thread with a heap of its own. Every call rejects with `IndexLostError` once the thread is gone. */
export function createIndexInThread(maxBytes = MAX_INDEX_BYTES): BotIndex {
  const worker = startLimitedThread(new URL('./bot-index.worker.ts', import.meta.url), {
    heapMb: HEAP_MB,
    env: threadEnvironment(),
  });
  worker.unref();
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let size: IndexSize = { bytes: 0, isWorn: false };
  let lost: IndexLostError | null = null;
  let isClosing = false;
  let last = 0;

  function lose(reason: string): void {
    lost ??= new IndexLostError(reason);
    for (const { reject } of waiting.values()) reject(lost);
    waiting.clear();
    void worker.terminate();
  }

  worker.on('error', (error) => lose(error.message));
  worker.on('exit', (code) => lose(`its thread ended with code ${code}`));
  worker.on('message', ({ id, ...answer }: { id: number } & ThreadAnswer) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if ('error' in answer) call?.reject(new Error(answer.error));
    else {
      size = answer.size;
      call?.resolve(answer.value);
    }
    if (size.bytes > maxBytes) lose('it takes too much memory');
    else if (isClosing && waiting.size === 0) lose('it is no longer in use');
  });

  const call = (request: ThreadRequest): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (lost) return reject(lost);
      last += 1;
      waiting.set(last, { resolve, reject });
      worker.postMessage({ id: last, request });
    });

  return {
    ask: <Kind extends IndexQuestion>(kind: Kind, question: IndexQuestions[Kind]) =>
      call({ act: 'ask', kind, question }) as Promise<IndexAnswers[Kind]>,
    put: async ({ id, title, content, questions = [] }) => {
      await call({ act: 'put', entry: { id, title, content, questions } });
    },
    remove: async (ids) => {
      await call({ act: 'remove', ids });
    },
    size: () => size,
    /** After the calls under way. */
    close() {
      isClosing = true;
      if (waiting.size === 0) lose('it is no longer in use');
    },
  };
}
