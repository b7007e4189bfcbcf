import { PLANS, type PlanName } from '#core/plans.ts';
import type { Database } from '#platform/db/database.ts';
import { CHARGE_TURN, CURRENT, RELEASE, RELEASE_MESSAGES, RESERVE } from './usage.sql.ts';

export interface Usage {
  plan: PlanName;
  used: number;
  limit: number;
  /** The UTC month's end. */
  resetsAt: Date;
}

/** `month`: what to keep with the answer. A refusal is a reason why the AI must not be asked. */
export type Charge = { ok: true; month: string } | { ok: false; reason: 'quota_reached' | 'customer_pause' };

export interface TurnToCharge {
  tenantId: string;
  conversationId: string;
  customerId: string | null;
  /** All messages of the turn: a charge on any of them, by a try that was cut off, counts for the turn. */
  messageIds: number[];
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
    async chargeTurn(turn: TurnToCharge): Promise<Charge> {
      const { rows } = await sql.query<{ month: string | null; paused: boolean }>({
        name: 'usage-charge-turn',
        text: CHARGE_TURN,
        values: [turn.tenantId, freeLimit, turn.messageIds, turn.conversationId, turn.customerId, customerMessagesPerMinute],
      });
      const month = rows[0]?.month;
      if (month) return { ok: true, month };
      return { ok: false, reason: rows[0]?.paused ? 'customer_pause' : 'quota_reached' };
    },

    /** Gives back what is charged on these messages, questions or answers; a second time changes nothing. */
    async releaseMessages(messageIds: number[]): Promise<void> {
      await sql.query(RELEASE_MESSAGES, [messageIds]);
    },

    async current(tenantId: string, now: Date | null = null): Promise<Usage> {
      return (await sql.query<Usage>(CURRENT, [tenantId, freeLimit, now])).rows[0] as Usage;
    },
  };
}

export type UsageService = ReturnType<typeof createUsageService>;
