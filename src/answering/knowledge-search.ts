import { setImmediate } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { findMatches } from '#core/search/find-matches.ts';
import { createSearchIndex, type SearchIndex } from '#core/search/search-index.ts';
import { tokenize } from '#core/search/tokenize.ts';

export interface KnowledgeText {
  id: string;
  title: string;
  content: string;
}

/** An entry that fits a question. `passage` is the part of the content that does. */
export type Hit = KnowledgeText & { score: number; passage: string };

export interface KnowledgeQuery {
  tenantId: string;
  botId: string;
  /** The bot's, as read with it: goes up with every change, so that an older index is not used. */
  knowledgeVersion: number;
  query: string;
  limit?: number;
}

interface Deps {
  loadEntries: (tenantId: string, botId: string) => Promise<KnowledgeText[]>;
  maxBytes?: number;
}

type Index = SearchIndex<KnowledgeText>;
interface Versioned {
  version: number;
  index: Index;
}

const DEFAULT_LIMIT = 3;
const MAX_CACHED_BYTES = 192 * 1024 * 1024;
/** R49: so long is indexed at a time; others are served in between. */
const TURN_MS = 10;

/** The one search of a bot's knowledge: what customers are answered from, the playground and `npm run eval:search` use. */
export function createKnowledgeSearch({ loadEntries, maxBytes = MAX_CACHED_BYTES }: Deps) {
  const cache = new LRUCache<string, Versioned>({
    maxSize: maxBytes,
    sizeCalculation: ({ index }, key) => Math.max(1, index.bytes + key.length),
  });
  const building = new Map<string, Promise<Index>>();

  async function build(tenantId: string, botId: string): Promise<Index> {
    const index: Index = createSearchIndex();
    let turnEndsMs = performance.now() + TURN_MS;
    for (const entry of await loadEntries(tenantId, botId)) {
      for (const _passage of index.adding(entry)) {
        if (performance.now() < turnEndsMs) continue;
        await setImmediate();
        turnEndsMs = performance.now() + TURN_MS;
      }
    }
    return index;
  }

  async function indexOf({ tenantId, botId, knowledgeVersion }: KnowledgeQuery): Promise<Index> {
    const key = `${tenantId}:${botId}`;
    const cached = cache.get(key);
    if (cached && cached.version >= knowledgeVersion) return cached.index;

    const buildKey = `${key}:${knowledgeVersion}`;
    const inProgress = building.get(buildKey);
    if (inProgress) return inProgress;
    const started = build(tenantId, botId).finally(() => building.delete(buildKey));
    building.set(buildKey, started);
    const index = await started;
    if ((cache.peek(key)?.version ?? -1) < knowledgeVersion) cache.set(key, { version: knowledgeVersion, index });
    return index;
  }

  return {
    /** The entries that fit, best first; [] when nothing does. */
    async search(request: KnowledgeQuery): Promise<Hit[]> {
      const index = await indexOf(request);
      return byWords(index, request);
    },

    /** The ids of the entries that hold all words of the query, also as parts of words. For the owner's list. */
    async containing(request: KnowledgeQuery): Promise<string[]> {
      const index = await indexOf(request);
      return index.containing([...new Set(tokenize(request.query))]).map(({ id }) => id);
    },
  };
}

/** The one place where hits are found: a search by meaning (embeddings) joins here, its hits merged with these. */
function byWords(index: Index, { query, limit = DEFAULT_LIMIT }: KnowledgeQuery): Hit[] {
  return findMatches(index, query, limit).map(({ entry, score, passage }) => ({ ...entry, score, passage }));
}

export type KnowledgeSearch = ReturnType<typeof createKnowledgeSearch>;
