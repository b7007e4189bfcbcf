import type { PlanName } from '#core/plans.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Database, Sql } from '#platform/db/database.ts';
import type { Notifications } from '#platform/db/notifications.ts';
import { applyPlans } from './apply-plans.ts';
import type { KeptRelease } from './release-kept.ts';

/** A plan as an admin gives it: its own limits, or others. */
export interface NewPlan {
  type: PlanName;
  /** Null: without an end. In the past: it ends at once. */
  endsAt: Date | null;
  maxBots: number;
  maxMessagesPerMonth: number;
}

// plan-gate waits for this lock, so nobody connects by a plan that is being changed.
const LOCK_TENANT = 'SELECT 1 FROM tenants WHERE id = $1 FOR NO KEY UPDATE';
const CLOSE =
  'UPDATE subscriptions SET active = false, ends_at = least(coalesce(ends_at, $2), $2) WHERE tenant_id = $1 AND active';
const OPEN = `INSERT INTO subscriptions (id, tenant_id, type, max_bots, max_messages_per_month, starts_at, ends_at)
  VALUES ($1, $2, $3::"PlanName", $4, $5, $6, $7)`;

// What was told of the month was about the old limit.
const FORGET_NOTICES = `UPDATE usage_months SET noticed_percent = 0, limit_noticed_at = NULL
  WHERE tenant_id = $1 AND month = date_trunc('month', $2::timestamptz AT TIME ZONE 'UTC')::date`;

/** Gives a tenant another plan, and brings its bots in line with the plan it has. */
export function createPlanChanges({
  database,
  notifications,
  kept,
}: {
  database: Database;
  notifications: Pick<Notifications, 'notify'>;
  /** What was asked when there were no answers left. */
  kept: Pick<KeptRelease, 'release'>;
}) {
  return {
    /** The period that was ends now and stays in the history. `within` commits with it, or keeps it from happening by throwing. */
    async change(tenantId: string, plan: NewPlan, now: Date, within?: (tx: Sql) => Promise<void>): Promise<void> {
      await database.inTransaction(async (tx) => {
        await within?.(tx);
        await tx.query(LOCK_TENANT, [tenantId]);
        await tx.query(CLOSE, [tenantId, now]);
        const { type, maxBots, maxMessagesPerMonth, endsAt } = plan;
        await tx.query(OPEN, [newId(), tenantId, type, maxBots, maxMessagesPerMonth, now, endsAt]);
        await tx.query(FORGET_NOTICES, [tenantId, now]);
        await applyPlans(tx, tenantId, now);
      });
      await notifications.notify('connections');
      await kept.release(tenantId, now);
    },

    /** Brings one tenant's connections in line with the plan it has. */
    async apply(tenantId: string, now: Date): Promise<void> {
      if ((await applyPlans(database.sql, tenantId, now)) > 0) await notifications.notify('connections');
    },

    /** Stops what plans no longer cover and starts what they cover again. Returns how many connections changed. */
    async applyAcrossTenants(now: Date): Promise<number> {
      const changed = await applyPlans(database.sql, null, now);
      if (changed > 0) await notifications.notify('connections');
      return changed;
    },
  };
}

export type PlanChanges = ReturnType<typeof createPlanChanges>;
