import type { AuditLog } from '#core/audit-log.ts';
import { HOUR_MS } from '#core/durations.ts';
import { NotFoundError } from '#core/errors.ts';
import type { Actor } from '#web/actor.ts';
import type { SupportGrant, SupportGrantsRepo } from './support-grants.repo.ts';

interface Deps {
  grants: SupportGrantsRepo;
  audit: AuditLog;
}

/** Admins read a business's conversations only with the owner's grant, and the owner sees every access. */
export function createSupport({ grants, audit }: Deps) {
  return {
    find: grants.find,
    looks: grants.looks,

    async grant(actor: Actor, hours: number, now: Date): Promise<void> {
      const expiresAt = new Date(now.getTime() + hours * HOUR_MS);
      await grants.grant(actor.tenantId, actor.actorId, now, expiresAt);
      await audit.record({ ...actor, action: 'support.granted', details: { hours, expiresAt } });
    },

    async end(actor: Actor, now: Date): Promise<void> {
      if (await grants.end(actor.tenantId, now)) await audit.record({ ...actor, action: 'support.ended' });
    },

    /** @throws NotFoundError without a grant in force. */
    async require(tenantId: string | null, now: Date): Promise<SupportGrant> {
      const grant = tenantId ? await grants.find(tenantId, now) : null;
      if (!grant) throw new NotFoundError();
      return grant;
    },

    /** Call before anything is shown. `conversationId` null: the list. */
    async looked(
      admin: { actorId: string; ip: string | undefined },
      tenantId: string,
      conversationId: string | null,
    ): Promise<void> {
      const target = conversationId ? { targetType: 'conversation', targetId: conversationId } : { targetType: 'conversations' };
      await audit.record({ tenantId, ...admin, actorKind: 'admin', action: 'support.viewed', ...target });
    },
  };
}

export type Support = ReturnType<typeof createSupport>;
