import type { SuggestQuestions } from '#answering/suggest-questions.ts';
import type { AiSpent } from '#core/ai-spent.ts';
import type { AiFailureReason } from '#core/reasons.ts';
import type { Database } from '#platform/db/database.ts';
import type { Logger } from '#platform/logger.ts';
import { type ClaimedEntry, type EntryQuestionsQueries, hashOf } from './entry-questions.queries.ts';
import { pauseAfter } from './retry-pauses.ts';

/** Entries per run, one after the other; a run is at most once a minute without edits. */
const MOST_PER_RUN = 20;
const MOST_PER_DAY = 200;
/** Another entry would fail alike, and the customers' questions need what is left. */
const ENDS_THE_RUN: ReadonlySet<AiFailureReason> = new Set<AiFailureReason>([
  'bad_key',
  'billing_required',
  'credits_depleted',
  'daily_limit',
  'installation_limit',
  'location_refused',
  'model_retired',
  'overloaded',
  'rate_limited',
  'timeout',
  'unreachable',
]);
const BACKLOG = { mostPerTenant: 20, most: 500 };

/** Records what the AI took. */
export type Spend = (tenantId: string, spent: AiSpent) => Promise<void>;

interface Deps {
  database: Pick<Database, 'now'>;
  questions: EntryQuestionsQueries;
  suggest: SuggestQuestions;
  spend: Spend;
  logger: Pick<Logger, 'warn'>;
}

/** Has questions suggested for entries that changed. Saving never waits for it, and customers' answers do not depend on it. */
export function createSuggestForEntries({ database, questions, suggest, spend, logger }: Deps) {
  /** The reason when it failed. */
  async function handle(claimed: ClaimedEntry, now: Date): Promise<AiFailureReason | null> {
    if (claimed.madeFrom === hashOf(claimed)) {
      await questions.leave(claimed, null);
      return null;
    }
    const suggested = await suggest(claimed, now);
    const { spent } = suggested;
    if (spent) await spend(claimed.tenantId, { ...spent, costMicroUsd: spent.costMicroUsd ?? 0 });
    if (suggested.ok) {
      await questions.accept(claimed, suggested, suggested.spent);
      return null;
    }
    await questions.leave(claimed, pauseAfter(claimed.tries, now), suggested.spent);
    return suggested.reason;
  }

  return {
    async run(given?: Date): Promise<void> {
      for (let count = 0; count < MOST_PER_RUN; count += 1) {
        const now = given ?? (await database.now());
        const claimed = await questions.claimAcrossTenants(now, MOST_PER_DAY);
        if (!claimed) return;
        const failed = await handle(claimed, now);
        if (failed === null) continue;
        logger.warn({ reason: failed, tries: claimed.tries }, 'no questions were suggested for an entry');
        if (ENDS_THE_RUN.has(failed)) return;
      }
    },

    /** Entries saved before there was a key, little by little. */
    hourly: (now: Date): Promise<void> => questions.queueUnquestionedAcrossTenants(now, BACKLOG),
  };
}
