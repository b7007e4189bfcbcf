import type { AuditAction } from '#core/audit-actions.ts';
import type { Database } from '#platform/db/database.ts';

/** One thing that was done, worth knowing afterwards. Never a secret, a message's text or a customer's name in `details`. */
export interface AuditEntry {
  tenantId?: string | undefined;
  actorId?: string | undefined;
  actorKind: 'owner' | 'operator' | 'admin' | 'system' | 'anonymous';
  action: AuditAction;
  targetType?: string | undefined;
  targetId?: string | undefined;
  details?: Record<string, unknown> | undefined;
  ip?: string | undefined;
}

const INSERT = `
  INSERT INTO audit_lines (tenant_id, actor_id, actor_kind, action, target_type, target_id, details, ip)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`;

/** The trail of what people did; lines are added and never changed. */
export function createAudit({ database }: { database: Database }) {
  return {
    async record({ tenantId, actorId, actorKind, action, targetType, targetId, details, ip }: AuditEntry): Promise<void> {
      const json = details ? JSON.stringify(details) : null;
      await database.sql.query(INSERT, [tenantId, actorId, actorKind, action, targetType, targetId, json, ip]);
    },
  };
}

export type AuditService = ReturnType<typeof createAudit>;
