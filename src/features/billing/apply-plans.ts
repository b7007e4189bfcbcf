import { KINDS_BY_PLAN } from '#channels/channels.ts';
import { PLANS } from '#core/plans.ts';
import type { Sql } from '#platform/db/database.ts';

const CHANNELS = JSON.stringify(KINDS_BY_PLAN);

/*
 * $1: a tenant, or null for all; $2: now. The oldest bots are the ones the plan covers. What is not covered stops and says
 * why; what was stopped for that and is covered again starts by itself.
 */
const APPLY = `
  WITH covered AS (
    SELECT c.id, c.enabled, c.state = 'FAILED' AND coalesce(c.failure_reason = 'plan_limit', false) AS stopped,
      b.place <= coalesce(s.max_bots, ${PLANS.FREE.maxBots})
        AND '${CHANNELS}'::jsonb -> coalesce(s.type::text, 'FREE') ? c.platform::text AS yes
    FROM (SELECT id, tenant_id, row_number() OVER (PARTITION BY tenant_id ORDER BY created_at, id) AS place FROM bots
        WHERE $1::uuid IS NULL OR tenant_id = $1) b
      JOIN connections c ON c.bot_id = b.id
      LEFT JOIN subscriptions s ON s.tenant_id = b.tenant_id AND s.active AND (s.ends_at IS NULL OR s.ends_at > $2))
  UPDATE connections c SET state = CASE WHEN v.yes THEN 'PENDING' ELSE 'FAILED' END::"ConnectionState",
    failure_reason = CASE WHEN v.yes THEN NULL ELSE 'plan_limit' END, failure_detail = NULL, retry_at = NULL, state_changed_at = now()
  FROM covered v WHERE v.id = c.id AND v.enabled AND v.yes = v.stopped
  RETURNING c.tenant_id AS "tenantId", v.yes AS started`;

/** Brings a tenant's connections in line with its plan, or with null everybody's. Returns how many changed. */
export async function applyPlans(sql: Sql, tenantId: string | null, now: Date): Promise<number> {
  return (await sql.query(APPLY, [tenantId, now])).rowCount ?? 0;
}
