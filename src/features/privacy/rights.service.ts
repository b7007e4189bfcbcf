import type { AuditLog } from '#core/audit-log.ts';
import { NotFoundError } from '#core/errors.ts';
import type { BotsApi } from '#features/bots/feature.ts';
import type { CustomersApi } from '#features/customers/feature.ts';
import { isId } from '#platform/crypto/ids.ts';
import type { Actor } from '#web/actor.ts';
import type { ErasureRepo } from './erasure.repo.ts';

interface Deps {
  erasure: ErasureRepo;
  bots: Pick<BotsApi['bots'], 'retention' | 'setRetention'>;
  /** The customer first, then the accounts that were joined with it. */
  samePerson: CustomersApi['samePerson'];
  audit: AuditLog;
}

/** Export, erasure and retention. Every act is in the activity log, without names. */
export function createRights({ erasure, bots, samePerson, audit }: Deps) {
  async function customerOf(tenantId: string, botId: string, conversationId: unknown): Promise<string> {
    const customerId = isId(conversationId) ? await erasure.customerOf(tenantId, botId, conversationId) : null;
    if (!customerId) throw new NotFoundError();
    return customerId;
  }

  return {
    customerOf,
    retention: bots.retention,

    /** Deletes the conversation's customer, on every channel, with every message. @throws NotFoundError, also for groups. */
    async erase(actor: Actor, bot: string, conversationId: unknown): Promise<void> {
      const customerId = await customerOf(actor.tenantId, bot, conversationId);
      for (const { id, botId } of await samePerson(actor.tenantId, customerId)) {
        await erasure.erase(actor.tenantId, botId, id);
        const target = { targetType: 'customer', targetId: id };
        await audit.record({ ...actor, action: 'customer.erased', ...target, details: { botId } });
      }
    },

    /** Customers who sent /forget and confirmed it, on every channel where they are known. */
    async forgetAcrossTenants(now: Date): Promise<void> {
      for (const { id: asked, tenantId } of await erasure.toForgetAcrossTenants(now)) {
        for (const { id, botId } of await samePerson(tenantId, asked)) {
          await erasure.erase(tenantId, botId, id);
          const target = { targetType: 'customer', targetId: id };
          await audit.record({ tenantId, actorKind: 'system', action: 'customer.forgotten', ...target, details: { botId } });
        }
      }
    },

    /** `months` null: messages are kept for ever. */
    async setRetention(actor: Actor, botId: string, months: number | null): Promise<void> {
      if (!(await bots.setRetention(actor.tenantId, botId, months))) throw new NotFoundError();
      await audit.record({ ...actor, action: 'bot.retention_changed', targetType: 'bot', targetId: botId, details: { months } });
    },

    exported: (actor: Actor): Promise<void> => audit.record({ ...actor, action: 'tenant.exported' }),
  };
}

export type Rights = ReturnType<typeof createRights>;
