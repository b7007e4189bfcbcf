import type { AuditAction } from './audit-actions.ts';

/** One act worth knowing afterwards. `details` never holds a secret, a message's text or a customer's name. */
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

/** The activity log, as everyone who writes to it sees it. */
export interface AuditLog {
  record(entry: AuditEntry): Promise<void>;
}
