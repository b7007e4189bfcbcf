import type { AuditEntry, AuditLog } from '#core/audit-log.ts';
import { type Database, Prisma } from '#platform/db/database.ts';

/** Lines are added and never changed. */
export function createAudit({ database: { prisma } }: { database: Pick<Database, 'prisma'> }): AuditLog {
  return {
    async record(entry: AuditEntry): Promise<void> {
      const { tenantId = null, actorId = null, actorKind, action, targetType = null, targetId = null, ip = null } = entry;
      const details = (entry.details as Prisma.InputJsonObject | undefined) ?? Prisma.DbNull;
      const data = { tenantId, actorId, actorKind, action, targetType, targetId, details, ip };
      await prisma.auditLine.create({ data, select: { id: true } });
    },
  };
}
