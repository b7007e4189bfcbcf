import type { AuditAction } from './audit-actions.ts';

/** `details` never holds a secret, message text or a customer's name. */
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

export interface AuditLog {
  record(entry: AuditEntry): Promise<void>;
}
