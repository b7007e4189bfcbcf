import { PLANS, type PlanName } from '#core/plans.ts';
import { createBatcher } from '#platform/batcher.ts';
import type { Database } from '#platform/db/database.ts';
import { type Charge, chargeTurns, type TurnToCharge } from './charge-turns.ts';
import { CURRENT, chargeAheadSql, RELEASE, RELEASE_MESSAGES, RESERVE } from './usage.sql.ts';

const BATCH = { spacingMs: 10, maxItems: 200 };

export interface Usage {
  plan: PlanName;
  used: number;
  limit: number;
  /** The UTC month's end. */
  resetsAt: Date;
}

/**
 * AI answers of a tenant against its plan. Each reservation is one conditional statement, exact however many ask at once.
 * Months are UTC by the database's clock; without an active subscription the free plan's limit holds.
 */
export function createUsageService({
  database,
  customerMessagesPerMinute,
}: {
  database: Database;
  customerMessagesPerMinute: number;
}) {
  const { sql } = database;
  const freeLimit = PLANS.FREE.maxMessagesPerMonth;
  const charge = createBatcher<TurnToCharge, Charge>({
    ...BATCH,
    flush: (turns) => chargeTurns(sql, turns, { freeLimit, customerMessagesPerMinute }),
  });

  return {
    /** Takes one answer from this month. `now` replaces the database's clock, for tests. */
    async reserve(tenantId: string, now: Date | null = null): Promise<boolean> {
      return (await sql.query({ name: 'usage-reserve', text: RESERVE, values: [tenantId, freeLimit, now] })).rowCount === 1;
    },

    /** Gives one answer of a month (YYYY-MM-DD, its first day) back. */
    async release(tenantId: string, month: string): Promise<void> {
      await sql.query(RELEASE, [tenantId, month]);
    },

    /** Takes one answer for a turn, once however often it is tried; refuses too many in a minute to one customer. */
    chargeTurn: charge.add,

    /** The same where it can be done in the statement that begins the turns: CTEs (usage.sql) and their parameters, the first of
     * them `$first`. */
    chargeAhead: (source: string, first: number): { sql: string; values: number[] } => ({
      sql: chargeAheadSql(source, `$${first}`, `$${first + 1}`),
      values: [freeLimit, customerMessagesPerMinute],
    }),

    /**
     * Gives back what is charged on these messages, questions or answers; a second time changes nothing. `turn`: only while it
     * is still ours, since whoever took it over answers on the same charge.
     */
    async releaseMessages(messageIds: number[], turn?: { conversationId: string; epoch: number }): Promise<void> {
      await sql.query(RELEASE_MESSAGES, [messageIds, turn?.conversationId ?? null, turn?.epoch ?? null]);
    },

    async current(tenantId: string, now: Date | null = null): Promise<Usage> {
      return (await sql.query<Usage>(CURRENT, [tenantId, freeLimit, now])).rows[0] as Usage;
    },
  };
}

export type UsageService = ReturnType<typeof createUsageService>;
