import type { PlanName } from '#core/plans.ts';
import type { Database, Sql } from '#platform/db/database.ts';
import { applyPlans } from './apply-plans.ts';

const CURRENT = `SELECT type FROM subscriptions WHERE tenant_id = $1 AND active AND (ends_at IS NULL OR ends_at > now())`;

// Whoever changes a plan holds one of these rows, so a change under way is waited for, and none comes before the commit.
const LOCK_TENANT = 'SELECT 1 FROM tenants WHERE id = $1 FOR NO KEY UPDATE';

/** What a tenant's plan lets its bots be connected to. */
export function createPlanGate({ database }: { database: Database }) {
  const planOf = async (sql: Sql, text: string, tenantId: string): Promise<PlanName> =>
    (await sql.query<{ type: PlanName }>(text, [tenantId])).rows[0]?.type ?? 'FREE';

  return {
    /** The plan in force; the free one after its end. */
    current: (tenantId: string): Promise<PlanName> => planOf(database.sql, CURRENT, tenantId),

    /** Stops what the plan does not cover: a bot beyond its number that was started, or got a connection, all the same. */
    apply: async (tenantId: string): Promise<number> => applyPlans(database.sql, tenantId, await database.now()),

    /** The same within a transaction, where it holds until the commit. */
    async hold(tx: Sql, tenantId: string): Promise<PlanName> {
      await tx.query(LOCK_TENANT, [tenantId]);
      return planOf(tx, `${CURRENT} FOR SHARE`, tenantId);
    },
  };
}

export type PlanGate = ReturnType<typeof createPlanGate>;
