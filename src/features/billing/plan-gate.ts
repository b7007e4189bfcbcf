import type { PlanName } from '#core/plans.ts';
import type { Database, Sql } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import { applyPlans } from './plan-changes.ts';

const activePlan = report<{ tenantId: string }, { plan: PlanName }>(import.meta.url, './statements/active-plan.sql');
const lockTenant = report<{ tenantId: string }, { locked: number }>(import.meta.url, './statements/lock-tenant.sql');
const lockSubscription = report<{ tenantId: string }, { locked: number }>(import.meta.url, './statements/lock-subscription.sql');

/** What a tenant's plan lets its bots be connected to. */
export function createPlanGate({ database }: { database: Database }) {
  const planOf = async (sql: Sql, tenantId: string): Promise<PlanName> =>
    (await activePlan(sql, { tenantId }))[0]?.plan ?? 'FREE';

  return {
    /** The plan in force; the free one after its end. */
    current: (tenantId: string): Promise<PlanName> => planOf(database.sql, tenantId),

    /** Stops connections that the plan does not cover, although they were started or added a moment ago. */
    apply: async (tenantId: string): Promise<number> => applyPlans(database.sql, tenantId, await database.now()),

    /** The plan in force, which then cannot change before the transaction ends. */
    async hold(tx: Sql, tenantId: string): Promise<PlanName> {
      await lockTenant(tx, { tenantId });
      await lockSubscription(tx, { tenantId });
      return planOf(tx, tenantId);
    },
  };
}

export type PlanGate = ReturnType<typeof createPlanGate>;
