import type { Database, Sql } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

export interface Asked {
  id: string;
  tenantId: string;
  botId: string;
  conversationId: string;
  customerId: string | null;
  kind: string;
  question: string;
  createdAt: Date;
}

export interface KnownQuestion {
  id: string;
  state: 'open' | 'answered' | 'dismissed';
  round: number;
  answeredAt: Date | null;
  words: string[];
}

export interface Grouped {
  asked: Asked;
  questionId: string;
  isNew: boolean;
  reopens: boolean;
  round: number;
}

/** Questions that were asked longer ago are not compared with: each takes a fraction of a millisecond of the process. */
const MAX_KNOWN = 300;

const takeUngrouped = report<{ limit: number }, Asked>(import.meta.url, './statements/take-ungrouped-attention.sql');
export const lockQuestions = report<{ botId: string }, { held: string }>(import.meta.url, './statements/lock-questions.sql');
const knownQuestions = report<{ botId: string; limit: number }, KnownQuestion>(
  import.meta.url,
  './statements/known-questions.sql',
);
const storeGrouped = report<{ askers: string }>(import.meta.url, './statements/store-grouped-questions.sql');

export function createGroupingRepo({ database }: { database: Database }) {
  return {
    /** What was taken is grouped when the transaction commits, and is taken again when it does not. Gives how many were taken. */
    groupSomeAcrossTenants: (limit: number, group: (asked: Asked[], known: KnownQuestion[]) => Grouped[]): Promise<number> =>
      database.inTransaction(async (tx) => {
        const taken = await takeUngrouped(tx, { limit });
        const byBot = Map.groupBy(taken, ({ botId }) => botId);
        for (const [botId, asked] of byBot) await groupOfBot(tx, botId, asked, group);
        return taken.length;
      }),
  };
}

export type GroupingRepo = ReturnType<typeof createGroupingRepo>;

async function groupOfBot(
  tx: Sql,
  botId: string,
  asked: Asked[],
  group: (asked: Asked[], known: KnownQuestion[]) => Grouped[],
): Promise<void> {
  await lockQuestions(tx, { botId });
  const grouped = group(asked, await knownQuestions(tx, { botId, limit: MAX_KNOWN }));
  if (grouped.length === 0) return;
  const askers = grouped.map(({ asked: { id, createdAt, ...of }, questionId, isNew, reopens, round }) => ({
    attention_id: id,
    question_id: questionId,
    is_new: isNew,
    reopens,
    tenant_id: of.tenantId,
    bot_id: botId,
    conversation_id: of.conversationId,
    customer_id: of.customerId,
    round,
    asked_at: createdAt,
  }));
  await storeGrouped(tx, { askers: JSON.stringify(askers) });
}
