import { type PlanInForce, planInForce } from '#core/plans.ts';
import type { Database } from '#platform/db/database.ts';
import { lockRow, nowIn, type Transaction } from '#platform/db/row-lock.ts';
import { applyPlans } from './plan-changes.ts';

export function createPlanGate({ database }: { database: Database }) {
  const planAt = async ({ subscription }: Pick<Transaction, 'subscription'>, tenantId: string, now: Date): Promise<PlanInForce> =>
    planInForce(await subscription.findFirst({ where: { tenantId, active: true } }), now);

  return {
    /** The free plan after its end. */
    current: async (tenantId: string): Promise<PlanInForce> => planAt(database.prisma, tenantId, await database.now()),

    /** Stops connections that the plan does not cover. Call after starting or adding one. */
    apply: async (tenantId: string): Promise<number> => applyPlans(database.sql, tenantId, await database.now()),

    /** Locks the row that a plan change locks, until the transaction ends, so that a count made afterwards stays true. */
    async hold(tx: Transaction, tenantId: string): Promise<PlanInForce> {
      await lockRow(tx, 'tenant', tenantId);
      return planAt(tx, tenantId, await nowIn(tx));
    },
  };
}

export type PlanGate = ReturnType<typeof createPlanGate>;
