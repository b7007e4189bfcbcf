import type { AuditLog } from '#core/audit-log.ts';
import { NotFoundError } from '#core/errors.ts';
import { isId } from '#platform/crypto/ids.ts';
import type { Actor } from '#web/actor.ts';
import type { ErasureRepo } from './erasure.repo.ts';

/** What an owner does with the data of the business and of one customer. Every act is in the trail, without names. */
export function createRights({ erasure, audit }: { erasure: ErasureRepo; audit: AuditLog }) {
  async function customerOf(tenantId: string, botId: string, conversationId: unknown): Promise<string> {
    const customerId = isId(conversationId) ? await erasure.customerOf(tenantId, botId, conversationId) : null;
    if (!customerId) throw new NotFoundError();
    return customerId;
  }

  return {
    customerOf,
    retention: erasure.retention,

    /** Deletes the customer of a conversation with every message. @throws NotFoundError also for groups. */
    async erase(actor: Actor, botId: string, conversationId: unknown): Promise<void> {
      const customerId = await customerOf(actor.tenantId, botId, conversationId);
      await erasure.erase(actor.tenantId, botId, customerId);
      await audit.record({
        ...actor,
        action: 'customer.erased',
        targetType: 'customer',
        targetId: customerId,
        details: { botId },
      });
    },

    /** How long the bot keeps messages; null: as long as it lives. */
    async setRetention(actor: Actor, botId: string, months: number | null): Promise<void> {
      if (!(await erasure.setRetention(actor.tenantId, botId, months))) throw new NotFoundError();
      await audit.record({ ...actor, action: 'bot.retention_changed', targetType: 'bot', targetId: botId, details: { months } });
    },

    exported: (actor: Actor): Promise<void> => audit.record({ ...actor, action: 'tenant.exported' }),
  };
}

export type Rights = ReturnType<typeof createRights>;
