import { KINDS_BY_PLAN } from '#channels/channels.ts';
import { PLANS, type PlanName } from '#core/plans.ts';
import { monthDateOf } from '#core/time.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Database, Sql } from '#platform/db/database.ts';
import type { Notifications } from '#platform/db/notifications.ts';
import { lockRow, type Transaction } from '#platform/db/row-lock.ts';
import { report } from '#platform/db/statement.ts';
import { sqlIn } from '#platform/db/transaction-sql.ts';
import type { KeptRelease } from './release-kept.ts';

export interface NewPlan {
  type: PlanName;
  /** Null: no end. In the past: it ends at once. */
  endsAt: Date | null;
  maxBots: number;
  maxMessagesPerMonth: number;
}

const applyPlansStatement = report<
  { tenantId: string | null; freeMaxBots: number; channelsByPlan: string; now: string },
  { id: string }
>(import.meta.url, './statements/apply-plans.sql');

/** Makes connections fit the plan, of one tenant or with null of all. Returns the number of changes. */
export async function applyPlans(sql: Sql, tenantId: string | null, now: Date): Promise<number> {
  const changed = await applyPlansStatement(sql, {
    tenantId,
    freeMaxBots: PLANS.FREE.maxBots,
    channelsByPlan: JSON.stringify(KINDS_BY_PLAN),
    now: now.toISOString(),
  });
  return changed.length;
}

async function closeActive(tx: Transaction, tenantId: string, now: Date): Promise<void> {
  const stillRunning = { OR: [{ endsAt: null }, { endsAt: { gt: now } }] };
  await tx.subscription.updateMany({ where: { tenantId, active: true, ...stillRunning }, data: { endsAt: now } });
  await tx.subscription.updateMany({ where: { tenantId, active: true }, data: { active: false } });
}

export function createPlanChanges({
  database,
  notifications,
  kept,
}: {
  database: Database;
  notifications: Pick<Notifications, 'notify'>;
  kept: Pick<KeptRelease, 'release'>;
}) {
  return {
    /** Ends the current period and begins a new one. `within` commits with it. */
    async change(tenantId: string, plan: NewPlan, now: Date, within?: (tx: Transaction) => Promise<void>): Promise<void> {
      await database.transaction(async (tx) => {
        await within?.(tx);
        // plan-gate waits for this lock, so nobody connects a bot under a plan that is being changed.
        await lockRow(tx, 'tenant', tenantId);
        await closeActive(tx, tenantId, now);
        const { type, maxBots, maxMessagesPerMonth, endsAt } = plan;
        await tx.subscription.create({
          data: { id: newId(), tenantId, type, maxBots, maxMessagesPerMonth, startsAt: now, endsAt },
        });
        // This month's notices concerned the old limit.
        await tx.usageMonth.updateMany({
          where: { tenantId, month: monthDateOf(now) },
          data: { noticedPercent: 0, limitNoticedAt: null },
        });
        await applyPlans(sqlIn(tx), tenantId, now);
      });
      await notifications.notify('connections');
      await kept.release(tenantId, now);
    },

    async apply(tenantId: string, now: Date): Promise<void> {
      if ((await applyPlans(database.sql, tenantId, now)) > 0) await notifications.notify('connections');
    },

    async applyAcrossTenants(now: Date): Promise<number> {
      const changed = await applyPlans(database.sql, null, now);
      if (changed > 0) await notifications.notify('connections');
      return changed;
    },
  };
}

export type PlanChanges = ReturnType<typeof createPlanChanges>;
