import { LRUCache } from 'lru-cache';
import { type BotIndex, createIndexHere, type Turns } from './bot-index.ts';
import type { IndexUnderWork } from './index-builds.ts';
import type { EntryState } from './knowledge-source.ts';

export type KnownIndex = IndexUnderWork & {
  version: number;
  /** When the first of its entries stops being right. */
  endsAtMs?: number;
};

const MB = 1_048_576;
export const MAX_CACHED_BYTES = 192 * MB;
/** Of all indexes in threads, of which each takes some beside its index. */
const MAX_THREADS_BYTES = 320 * MB;
const BYTES_PER_THREAD = 16 * MB;
export const HEAVY_BYTES = 100_000;
export const NO_VERSION = -1;

interface Deps {
  maxBytes: number;
  heavyBytes: number;
  inThread: () => BotIndex;
  turns: Turns;
}

/** The indexes in memory, by bot: small ones in this thread, heavy ones in threads of their own. The longest unused make room. */
export function createKeptIndexes({ maxBytes, heavyBytes, inThread, turns }: Deps) {
  const here = cacheOf(maxBytes, 0);
  const inThreads = cacheOf(MAX_THREADS_BYTES, BYTES_PER_THREAD);

  /** Does not count as use. */
  const peek = (key: string): KnownIndex | undefined => inThreads.peek(key) ?? here.peek(key);

  return {
    peek,

    get: (key: string): KnownIndex | undefined => inThreads.get(key) ?? here.get(key),

    keep(key: string, known: KnownIndex): KnownIndex {
      const [holder, other] = known.kind === 'thread' ? [inThreads, here] : [here, inThreads];
      // Its size may have changed.
      holder.set(key, known);
      other.delete(key);
      return known;
    },

    forgetThread: (key: string): boolean => inThreads.delete(key),

    /** The known index where it can be changed, else a new one beside it. */
    targetFor(key: string, states: readonly EntryState[]): KnownIndex {
      const known = peek(key);
      const bytes = states.reduce((sum, state) => sum + state.bytes, 0);
      const kind = bytes > (known?.kind === 'thread' ? heavyBytes / 2 : heavyBytes) ? 'thread' : 'here';
      if (known?.kind === kind && !known.index.size().isWorn) return known;
      return { version: NO_VERSION, kind, index: kind === 'thread' ? inThread() : createIndexHere(turns), stamps: new Map() };
    },
  };
}

const cacheOf = (maxSize: number, bytesBeside: number): LRUCache<string, KnownIndex> =>
  new LRUCache({
    maxSize,
    sizeCalculation: ({ index }, key) => Math.max(1, index.size().bytes + key.length + bytesBeside),
    dispose: ({ index }) => index.close(),
  });
