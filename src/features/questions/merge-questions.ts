import type { CompareQuestions } from '#answering/compare-questions.ts';
import type { AiSpent } from '#core/ai-spent.ts';
import { type MergeableQuestion, mergedPairs } from '#core/merge-questions.ts';
import type { Database } from '#platform/db/database.ts';
import type { Logger } from '#platform/logger.ts';
import type { ClaimedMerge, MergesRepo } from './merges.repo.ts';

interface Deps {
  database: Pick<Database, 'now'>;
  merges: MergesRepo;
  compare: CompareQuestions;
  /** Counts for the ceiling of cost, and not for the plan's answers. */
  spend: (tenantId: string, spent: AiSpent) => Promise<void>;
  logger: Pick<Logger, 'warn' | 'info'>;
}

/** Bots per run, one call each, one after the other. */
const MOST_PER_RUN = 50;
/** In one call. Those that were asked last; older ones are as they were the night before. */
const MOST_COMPARED = 120;
const MOST_TRIES = 3;

/**
 * Has the AI say which open questions of a bot are the same, once a night and only when there are new ones. Grouping by words does
 * not wait for it, and without a key it does not run.
 */
export function createQuestionMerger({ database, merges, compare, spend, logger }: Deps) {
  /** False: the AI did not answer. */
  async function handle(claimed: ClaimedMerge, now: Date): Promise<boolean> {
    const { tenantId, botId } = claimed;
    const questions = await merges.questions(tenantId, botId, MOST_COMPARED);
    if (questions.length < 2) {
      await merges.done(claimed, newestOf(questions));
      return true;
    }
    const compared = await compare(
      questions.map(({ words }) => words),
      now,
    );
    if (compared.spent) await spend(tenantId, compared.spent);
    if (!compared.ok) {
      logger.warn({ reason: compared.reason, tries: claimed.tries }, 'open questions were not compared by the AI');
      if (claimed.tries >= MOST_TRIES) await merges.giveUp(claimed);
      return false;
    }
    const groups = compared.groups.map((group) => group.flatMap((at) => questions[at]?.id ?? []));
    const merged = await merges.merge(tenantId, botId, mergedPairs(groups, questions));
    if (merged > 0) logger.info({ botId, merged }, 'open questions that ask the same were put together');
    await merges.done(claimed, newestOf(questions));
    return true;
  }

  return {
    /** Ends at the first failure: the next bot would most likely fail alike, and customers need what is left. */
    async run(given?: Date): Promise<void> {
      for (let count = 0; count < MOST_PER_RUN; count += 1) {
        const now = given ?? (await database.now());
        const claimed = await merges.claimAcrossTenants(now);
        if (!claimed || !(await handle(claimed, now))) return;
      }
    },

    hourly: (now: Date): Promise<void> => merges.queueAcrossTenants(now),
  };
}

const newestOf = (questions: readonly MergeableQuestion[]): Date | null =>
  questions.reduce<Date | null>((newest, { createdAt }) => (newest && newest > createdAt ? newest : createdAt), null);
