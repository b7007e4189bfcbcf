import { AUDIT_ACTIONS, type EventKind } from '#core/audit-actions.ts';
import type { Database } from '#platform/db/database.ts';

/** One line of the trail with the names of today. */
export interface TrailLine {
  id: number;
  createdAt: Date;
  actorKind: string;
  actorId: string | null;
  actorName: string | null;
  action: string;
  tenantId: string | null;
  tenantName: string | null;
  targetType: string | null;
  targetId: string | null;
  details: Record<string, unknown> | null;
  ip: string | null;
}

export const ACTOR_KINDS = ['owner', 'operator', 'admin', 'system', 'anonymous'] as const;
export interface TrailFilter {
  /** Part of an action, an address, a person's or a business' name. */
  q: string;
  /** Actions that are meant by `q` as well, in whatever language it was asked. */
  said?: readonly string[];
  kind?: EventKind | null | undefined;
  actorKind: (typeof ACTOR_KINDS)[number] | null;
  tenantId: string | null;
  /** From this moment on, and before that one. */
  from?: Date | null;
  until?: Date | null;
  /** Older than this line; null: from the newest. */
  before: number | null;
}

export const PAGE_SIZE = 50;

const LIST = `SELECT a.id, a.created_at AS "createdAt", a.actor_kind AS "actorKind", a.actor_id AS "actorId", u.username AS "actorName",
    a.action, a.tenant_id AS "tenantId", t.name AS "tenantName", a.target_type AS "targetType", a.target_id AS "targetId", a.details, a.ip
  FROM audit_lines a LEFT JOIN users u ON u.id = a.actor_id LEFT JOIN tenants t ON t.id = a.tenant_id
  WHERE ($1 = '' OR a.action ILIKE $1 OR a.ip ILIKE $1 OR u.username ILIKE $1 OR t.name ILIKE $1 OR a.target_id ILIKE $1 OR a.action = ANY($8))
    AND ($2::text IS NULL OR a.actor_kind = $2) AND ($3::uuid IS NULL OR a.tenant_id = $3) AND ($4::bigint IS NULL OR a.id < $4)
    AND ($6::timestamptz IS NULL OR a.created_at >= $6) AND ($7::timestamptz IS NULL OR a.created_at < $7)
    AND ($9::text[] IS NULL OR a.action = ANY($9))
  ORDER BY a.id DESC LIMIT $5`;

/** The trail of all tenants, newest first, for admins. */
export function createAuditTrailRead({ database: { sql } }: { database: Database }) {
  return async (
    { q, said = [], kind, actorKind, tenantId, before, from = null, until = null }: TrailFilter,
    limit = PAGE_SIZE + 1,
  ): Promise<TrailLine[]> => {
    const pattern = q === '' ? '' : `%${q.replace(/[\\%_]/g, '\\$&')}%`;
    const actions = kind ? AUDIT_ACTIONS[kind] : null;
    const values = [pattern, actorKind, tenantId, before, limit, from, until, said, actions];
    return (await sql.query<TrailLine & Record<string, unknown>>(LIST, values)).rows;
  };
}

export type AuditTrailRead = ReturnType<typeof createAuditTrailRead>;
