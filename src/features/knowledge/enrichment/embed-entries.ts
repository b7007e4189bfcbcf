import type { Embeddings } from '#ai/embeddings.ts';
import type { AiFailureReason } from '#core/reasons.ts';
import { splitPassages } from '#core/search/split-passages.ts';
import type { Database } from '#platform/db/database.ts';
import type { Logger } from '#platform/logger.ts';
import type { ClaimedVectors, EntryVectorsQueries } from './entry-vectors.queries.ts';
import { pauseAfter } from './retry-pauses.ts';

/** Entries per run, one after the other: a call each. */
const MOST_PER_RUN = 100;
const BACKLOG = { mostPerBot: 200, most: 1_000 };

interface Deps {
  database: Pick<Database, 'now'>;
  vectors: EntryVectorsQueries;
  embeddings: Pick<Embeddings, 'ofPassages'>;
  logger: Pick<Logger, 'warn'>;
}

/** Makes vectors for the entries of knowledge that does not fit a prompt. Without them the search goes by words. */
export function createEmbedEntries({ database, vectors, embeddings, logger }: Deps) {
  async function handle(claimed: ClaimedVectors, now: Date): Promise<AiFailureReason | null> {
    if (!claimed.isLarge) {
      await vectors.leave(claimed, null);
      return null;
    }
    const embedded = await embeddings.ofPassages(claimed.tenantId, claimed.title, splitPassages(claimed.content));
    if (embedded.ok) {
      await vectors.accept(claimed, embedded.vectors);
      return null;
    }
    await vectors.leave(claimed, pauseAfter(claimed.tries, now));
    return embedded.reason;
  }

  return {
    /** Ends at the first failure: another entry would most likely fail alike. */
    async run(given?: Date): Promise<void> {
      for (let count = 0; count < MOST_PER_RUN; count += 1) {
        const now = given ?? (await database.now());
        const claimed = await vectors.claimAcrossTenants(now);
        if (!claimed) return;
        const failed = await handle(claimed, now);
        if (failed === null) continue;
        logger.warn({ reason: failed, tries: claimed.tries }, 'an entry has no embeddings');
        return;
      }
    },

    hourly: (now: Date): Promise<void> => vectors.queueVectorlessAcrossTenants(now, BACKLOG),
  };
}
