import type { Request } from 'express';
import { ipOf } from './client-address.ts';
import { memberOf } from './guards.ts';

export interface Actor {
  tenantId: string;
  actorId: string;
  actorKind: 'owner' | 'operator';
  ip?: string;
}

/** Only behind requireMember. */
export function actorOf(req: Request): Actor {
  const { user, tenant, role } = memberOf(req);
  const ip = ipOf(req);
  return { tenantId: tenant.id, actorId: user.id, actorKind: role, ...(ip && { ip }) };
}
