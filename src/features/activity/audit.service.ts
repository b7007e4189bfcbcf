import type { AuditEntry, AuditLog } from '#core/audit-log.ts';
import type { Database } from '#platform/db/database.ts';

const INSERT = `
  INSERT INTO audit_lines (tenant_id, actor_id, actor_kind, action, target_type, target_id, details, ip)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`;

/** The trail of what people did; lines are added and never changed. */
export function createAudit({ database }: { database: Database }): AuditLog {
  return {
    async record({ tenantId, actorId, actorKind, action, targetType, targetId, details, ip }: AuditEntry): Promise<void> {
      const json = details ? JSON.stringify(details) : null;
      await database.sql.query(INSERT, [tenantId, actorId, actorKind, action, targetType, targetId, json, ip]);
    },
  };
}
