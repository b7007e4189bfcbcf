import type { PlanName } from '#core/plans.ts';
import type { Database } from '#platform/db/database.ts';

export interface Subscription {
  type: PlanName;
  maxBots: number;
  maxMessagesPerMonth: number;
  startsAt: Date;
  endsAt: Date | null;
  botCount: number;
}

const FIND = `SELECT type, max_bots AS "maxBots", max_messages_per_month AS "maxMessagesPerMonth", starts_at AS "startsAt",
    ends_at AS "endsAt", (SELECT count(*) FROM bots WHERE tenant_id = $1) AS "botCount"
  FROM subscriptions WHERE tenant_id = $1 AND active`;

/** A time in which a plan was in force, or is. */
export interface Period {
  type: PlanName;
  maxBots: number;
  maxMessagesPerMonth: number;
  startsAt: Date;
  endsAt: Date | null;
  active: boolean;
}

const PERIODS = `SELECT type, max_bots AS "maxBots", max_messages_per_month AS "maxMessagesPerMonth", starts_at AS "startsAt",
    ends_at AS "endsAt", active
  FROM subscriptions WHERE tenant_id = $1 ORDER BY active DESC, starts_at DESC LIMIT 12`;

const MONTHS = `SELECT to_char(month, 'YYYY-MM') AS month, ai_answers AS answers, broadcast_recipients AS recipients
  FROM usage_months WHERE tenant_id = $1 ORDER BY month DESC LIMIT 12`;

/** A tenant's active subscription with how many of its bots are used. */
export function createSubscriptionRepo({ database }: { database: Database }) {
  return {
    find: async (tenantId: string): Promise<Subscription | null> =>
      (await database.sql.query<Subscription>(FIND, [tenantId])).rows[0] ?? null,

    /** The plans the business has had, the one in force first. */
    periods: async (tenantId: string): Promise<Period[]> =>
      (await database.sql.query<Period & Record<string, unknown>>(PERIODS, [tenantId])).rows,

    /** What was used in the last months, the newest first. */
    months: async (tenantId: string) =>
      (await database.sql.query<{ month: string; answers: number; recipients: number }>(MONTHS, [tenantId])).rows,
  };
}

export type SubscriptionRepo = ReturnType<typeof createSubscriptionRepo>;
