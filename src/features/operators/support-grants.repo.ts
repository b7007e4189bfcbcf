import { newId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';

export interface SupportGrant {
  createdAt: Date;
  expiresAt: Date;
}

/** A look that support took, as the owner is told of it. */
export interface SupportLook {
  at: Date;
  who: string | null;
  /** Null: the list. */
  conversationId: string | null;
  botId: string | null;
}

const LOOKS_SHOWN = 20;

const FIND = `SELECT created_at AS "createdAt", expires_at AS "expiresAt" FROM support_grants
  WHERE tenant_id = $1 AND ended_at IS NULL AND expires_at > $2`;
// One that has run out makes room; one in force gets the new end.
const GRANT = `INSERT INTO support_grants (id, tenant_id, granted_by, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (tenant_id) WHERE ended_at IS NULL DO UPDATE
  SET granted_by = excluded.granted_by, created_at = excluded.created_at, expires_at = excluded.expires_at`;
const END = 'UPDATE support_grants SET ended_at = $2 WHERE tenant_id = $1 AND ended_at IS NULL AND expires_at > $2';
const LOOKS = `SELECT a.created_at AS at, u.username AS who, c.id AS "conversationId", c.bot_id AS "botId"
  FROM audit_lines a LEFT JOIN users u ON u.id = a.actor_id
    LEFT JOIN conversations c ON c.tenant_id = a.tenant_id AND a.target_type = 'conversation' AND c.id::text = a.target_id
  WHERE a.tenant_id = $1 AND a.action = 'support.viewed' ORDER BY a.created_at DESC, a.id DESC LIMIT ${LOOKS_SHOWN}`;

/** Whether the installation's admins may read a business' conversations. */
export function createSupportGrantsRepo({ database: { sql } }: { database: Database }) {
  return {
    find: async (tenantId: string, now: Date): Promise<SupportGrant | null> =>
      (await sql.query<SupportGrant & Record<string, unknown>>(FIND, [tenantId, now])).rows[0] ?? null,

    async grant(tenantId: string, userId: string, now: Date, expiresAt: Date): Promise<void> {
      await sql.query(GRANT, [newId(), tenantId, userId, now, expiresAt]);
    },

    end: async (tenantId: string, now: Date): Promise<boolean> => ((await sql.query(END, [tenantId, now])).rowCount ?? 0) > 0,

    looks: async (tenantId: string): Promise<SupportLook[]> =>
      (await sql.query<SupportLook & Record<string, unknown>>(LOOKS, [tenantId])).rows,
  };
}

export type SupportGrantsRepo = ReturnType<typeof createSupportGrantsRepo>;
