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

/** A tenant's active subscription with how many of its bots are used. */
export function createSubscriptionRepo({ database }: { database: Database }) {
  return {
    find: async (tenantId: string): Promise<Subscription | null> =>
      (await database.sql.query<Subscription>(FIND, [tenantId])).rows[0] ?? null,
  };
}

export type SubscriptionRepo = ReturnType<typeof createSubscriptionRepo>;
