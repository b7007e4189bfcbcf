import { LRUCache } from 'lru-cache';
import type { Embeddings } from '#ai/embeddings.ts';
import { mostSimilar, type PassageVectors, passageVectors, type SimilarPassage } from '#core/search/vectors.ts';
import type { EntryStamp } from './knowledge-source.ts';

/** Where the search reads the vectors of a bot's entries. */
export interface VectorSource {
  stamps(tenantId: string, botId: string): Promise<EntryStamp[]>;
  vectors(tenantId: string, botId: string, ids: string[]): Promise<{ id: string; bytes: Uint8Array }[]>;
}

interface Known {
  version: number;
  stamps: Map<string, string>;
  vectors: Map<string, PassageVectors>;
}

interface Deps {
  source: VectorSource;
  embeddings: Pick<Embeddings, 'ofQuery' | 'dimensions'>;
  /** A failed load is said here; the words of the search answer meanwhile. */
  onError: (error: Error) => void;
}

const MAX_CACHED_BYTES = 64 * 1024 * 1024;
const BYTES_PER_ENTRY = 200;
const BATCH = 50;
const MOST_SIMILAR = 24;

/** Finds passages by meaning. Never waits for its own data: what is not loaded yet is not used. */
export function createKnowledgeVectors({ source, embeddings, onError }: Deps) {
  const cache = new LRUCache<string, Known>({
    maxSize: MAX_CACHED_BYTES,
    sizeCalculation: ({ vectors }) =>
      Array.from(vectors.values(), ({ values, norms }) => values.length + norms.length * 4).reduce(
        (sum, bytes) => sum + bytes,
        1,
      ) +
      vectors.size * BYTES_PER_ENTRY,
  });
  const loading = new Set<string>();

  async function load(key: string, tenantId: string, botId: string, version: number): Promise<void> {
    const known = cache.peek(key) ?? { version, stamps: new Map(), vectors: new Map() };
    const stamps = new Map((await source.stamps(tenantId, botId)).map(({ id, stamp }) => [id, stamp]));
    const changed = [...stamps].filter(([id, stamp]) => known.stamps.get(id) !== stamp).map(([id]) => id);
    for (const id of known.stamps.keys()) if (!stamps.has(id)) known.vectors.delete(id);
    for (let from = 0; from < changed.length; from += BATCH) {
      for (const { id, bytes } of await source.vectors(tenantId, botId, changed.slice(from, from + BATCH))) {
        const read = passageVectors(id, bytes, embeddings.dimensions);
        if (read) known.vectors.set(id, read);
      }
    }
    cache.set(key, Object.assign(known, { version, stamps }));
  }

  return {
    /** Best first; empty when there are no vectors, or the question cannot be embedded in time. */
    async similar(tenantId: string, botId: string, version: number, query: string): Promise<SimilarPassage[]> {
      const key = `${tenantId}:${botId}`;
      const known = cache.get(key);
      if ((!known || known.version < version) && !loading.has(key)) {
        loading.add(key);
        void load(key, tenantId, botId, version)
          .catch(onError)
          .finally(() => loading.delete(key));
      }
      if (!known || known.vectors.size === 0) return [];
      const vector = await embeddings.ofQuery(tenantId, query);
      return vector ? mostSimilar(vector, known.vectors.values(), MOST_SIMILAR) : [];
    },
  };
}

export type KnowledgeVectors = ReturnType<typeof createKnowledgeVectors>;
