import { PLANS, type PlanName } from '#core/plans.ts';
import type { Database } from '#platform/db/database.ts';

/** A paid plan whose end is near or past, and the notice that is due: 7, 3 or 1 day before, 0 after. */
export interface EndingPlan {
  id: string;
  tenantId: string;
  type: PlanName;
  endsAt: Date;
  days: 7 | 3 | 1 | 0;
}

/** A month of which so many percent are used. */
export interface UsedMonth {
  tenantId: string;
  month: string;
  percent: 50 | 75 | 90 | 100;
  used: number;
  limit: number;
}

const ENDING = `SELECT * FROM (
    SELECT id, tenant_id AS "tenantId", type, ends_at AS "endsAt", noticed_days AS noticed,
      CASE WHEN ends_at <= $1 THEN 0 WHEN ends_at <= $1::timestamptz + interval '1 day' THEN 1
        WHEN ends_at <= $1::timestamptz + interval '3 days' THEN 3 ELSE 7 END AS days
    FROM subscriptions WHERE active AND type <> 'FREE' AND ends_at <= $1::timestamptz + interval '7 days') e
  WHERE noticed IS NULL OR noticed > days ORDER BY "endsAt" LIMIT 1000`;

// The limit in force at $1 of the tenant of `u`; without a plan the free one.
export const LIMIT = `coalesce((SELECT s.max_messages_per_month FROM subscriptions s
  WHERE s.tenant_id = u.tenant_id AND s.active AND (s.ends_at IS NULL OR s.ends_at > $1)), ${PLANS.FREE.maxMessagesPerMonth})`;

const USED = `SELECT tenant_id AS "tenantId", month, percent, used, "limit" FROM (
    SELECT m.*, CASE WHEN used >= "limit" THEN 100 WHEN used * 100 >= "limit" * 90 THEN 90
      WHEN used * 100 >= "limit" * 75 THEN 75 WHEN used * 100 >= "limit" * 50 THEN 50 ELSE 0 END AS percent
    FROM (SELECT u.tenant_id, u.month::text AS month, u.ai_answers AS used, u.noticed_percent, ${LIMIT} AS "limit"
      FROM usage_months u WHERE u.month = date_trunc('month', $1::timestamptz AT TIME ZONE 'UTC')::date AND u.ai_answers > 0) m) p
  WHERE percent > noticed_percent AND "limit" > 0 LIMIT 1000`;

/** What is due to be told of plans and months, of all tenants. Marked once told: a crash between the two tells twice, never not at all. */
export function createPlanWatchRepo({ database: { sql } }: { database: Database }) {
  return {
    endingAcrossTenants: async (now: Date): Promise<EndingPlan[]> =>
      (await sql.query<EndingPlan & Record<string, unknown>>(ENDING, [now])).rows,

    /** False: somebody else marked it meanwhile. */
    async markEnding({ id, days }: EndingPlan): Promise<boolean> {
      const text = 'UPDATE subscriptions SET noticed_days = $2 WHERE id = $1 AND (noticed_days IS NULL OR noticed_days > $2)';
      return (await sql.query(text, [id, days])).rowCount === 1;
    },

    usedAcrossTenants: async (now: Date): Promise<UsedMonth[]> =>
      (await sql.query<UsedMonth & Record<string, unknown>>(USED, [now])).rows,

    async markUsed({ tenantId, month, percent }: UsedMonth): Promise<void> {
      await sql.query('UPDATE usage_months SET noticed_percent = $3 WHERE tenant_id = $1 AND month = $2::date', [
        tenantId,
        month,
        percent,
      ]);
    },
  };
}

export type PlanWatchRepo = ReturnType<typeof createPlanWatchRepo>;
