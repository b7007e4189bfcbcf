import type { Database } from '#platform/db/database.ts';

/** Somebody who is told what happens in a tenant. */
export interface Recipient {
  email: string;
  username: string;
  language: string;
  tenantName: string;
}

const OWNERS = `SELECT u.email, u.username, u.language, t.name AS "tenantName"
  FROM memberships m JOIN users u ON u.id = m.user_id JOIN tenants t ON t.id = m.tenant_id
  WHERE m.tenant_id = $1 AND m.role = 'owner' AND u.suspended_at IS NULL ORDER BY u.id`;

// The row may not exist yet when the plan has no answers at all. Of several at once one gets the row back.
const MARK_LIMIT = `INSERT INTO usage_months AS u (tenant_id, month, limit_noticed_at)
  VALUES ($1, date_trunc('month', now() AT TIME ZONE 'UTC')::date, now())
  ON CONFLICT (tenant_id, month) DO UPDATE SET limit_noticed_at = now() WHERE u.limit_noticed_at IS NULL
  RETURNING month::text`;

export function createNoticesRepo({ database: { sql } }: { database: Database }) {
  return {
    async owners(tenantId: string): Promise<Recipient[]> {
      return (await sql.query<Recipient>(OWNERS, [tenantId])).rows;
    },

    /** Takes the month's one notice: the month, or null when it was given already. */
    async takeLimitNotice(tenantId: string): Promise<string | null> {
      return (await sql.query<{ month: string }>(MARK_LIMIT, [tenantId])).rows[0]?.month ?? null;
    },

    async returnLimitNotice(tenantId: string, month: string): Promise<void> {
      await sql.query('UPDATE usage_months SET limit_noticed_at = NULL WHERE tenant_id = $1 AND month = $2::date', [
        tenantId,
        month,
      ]);
    },
  };
}

export type NoticesRepo = ReturnType<typeof createNoticesRepo>;
