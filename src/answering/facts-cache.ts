import { LRUCache } from 'lru-cache';
import type { BusinessFacts } from '#core/business-facts.ts';
import type { FactsOf } from './answer.ts';

interface Deps {
  load: (tenantId: string, botId: string) => Promise<BusinessFacts | null>;
}

const MOST_BOTS = 5_000;

/** Reads a bot's facts once per version. */
export function createFactsCache({ load }: Deps): FactsOf {
  const cache = new LRUCache<string, { version: number; facts: Promise<BusinessFacts | null> }>({ max: MOST_BOTS });
  return async ({ tenantId, bot: { id, factsVersion: version = 0 } }) => {
    if (version === 0) return null;
    const key = `${tenantId}:${id}`;
    const cached = cache.get(key);
    if (cached && cached.version >= version) return cached.facts;
    const facts = load(tenantId, id);
    cache.set(key, { version, facts });
    facts.catch(() => cache.delete(key));
    return facts;
  };
}
