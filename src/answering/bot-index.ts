import { setImmediate } from 'node:timers/promises';
import { createSearchIndex } from '#core/search/search-index.ts';
import { answerFrom, type IndexAnswers, type IndexQuestion, type IndexQuestions } from './index-questions.ts';
import type { KnowledgeText } from './knowledge-source.ts';

/** The index of one bot, in this thread or in one of its own. */
export interface BotIndex {
  ask<Kind extends IndexQuestion>(kind: Kind, question: IndexQuestions[Kind]): Promise<IndexAnswers[Kind]>;
  /** Adds or replaces. */
  put(entry: KnowledgeText): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
  size(): IndexSize;
  close(): void;
}

export interface IndexSize {
  bytes: number;
  /** A new one would be smaller. */
  isWorn: boolean;
}

/** R49 (CPU-heavy import): the longest uninterrupted indexing; other work runs in between. */
const TURN_MS = 10;

/** The indexes of one thread share its turns: one of them works in each turn of the event loop. */
export function createTurns() {
  let endsMs = 0;
  let queue: Promise<unknown> = Promise.resolve();
  return {
    isOver: (): boolean => performance.now() >= endsMs,
    async next(): Promise<void> {
      queue = queue.then(() => setImmediate());
      await queue;
      endsMs = performance.now() + TURN_MS;
    },
  };
}

export type Turns = ReturnType<typeof createTurns>;

export function createIndexHere(turns: Turns): BotIndex {
  const index = createSearchIndex<KnowledgeText>();
  return {
    ask: async (kind, question) => answerFrom(index, kind, question),
    async put(entry) {
      for (const _passage of index.adding(entry)) {
        if (turns.isOver()) await turns.next();
      }
    },
    async remove(ids) {
      for (const id of ids) index.remove(id);
    },
    size: () => ({ bytes: index.bytes, isWorn: index.isWorn() }),
    close() {},
  };
}
