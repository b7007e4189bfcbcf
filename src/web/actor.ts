import type { Request } from 'express';
import { memberOf } from './guards.ts';

/** Who does something, as the audit trail keeps it. */
export interface Actor {
  tenantId: string;
  actorId: string;
  actorKind: 'owner' | 'operator';
  ip?: string;
}

/** The signed-in member as an actor. Only behind requireMember. */
export function actorOf(req: Request): Actor {
  const { user, tenant, role } = memberOf(req);
  return { tenantId: tenant.id, actorId: user.id, actorKind: role, ...(req.ip && { ip: req.ip }) };
}
