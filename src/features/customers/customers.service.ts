import type { AuditAction } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { LimitReachedError, NotFoundError, ValidationError } from '#core/errors.ts';
import type { ReplyLanguage } from '#core/languages.ts';
import type { Actor } from '#web/actor.ts';
import type { CustomersQueries } from './customers.queries.ts';
import type { FieldForm } from './customers.schema.ts';
import { type FieldsQueries, MAX_FIELDS } from './fields.queries.ts';

interface Deps {
  customers: CustomersQueries;
  fields: FieldsQueries;
  /** False: there is no such conversation. */
  setLanguage: (of: {
    tenantId: string;
    botId: string;
    conversationId: string;
    language: ReplyLanguage | null;
  }) => Promise<boolean>;
  /** False: it was so. */
  setOptOut: (of: { tenantId: string; customerId: string; out: boolean }) => Promise<boolean>;
  audit: AuditLog;
}

/** What the acts need of a conversation. */
export interface CardConversation {
  id: string;
  botId: string;
  /** Null in a group. */
  customerId: string | null;
}

/** The customer card: who a customer is on every channel, and what the business wrote down of them. */
export function createCustomers({ customers, fields, setLanguage, setOptOut, audit }: Deps) {
  const record = (actor: Actor, action: AuditAction, customerId: string, { botId }: CardConversation): Promise<void> =>
    audit.record({ ...actor, action, targetType: 'customer', targetId: customerId, details: { botId } });

  /** @throws NotFoundError in a group */
  function customerOf({ customerId }: CardConversation): string {
    if (!customerId) throw new NotFoundError();
    return customerId;
  }

  return {
    /** Null in a group. */
    async card(tenantId: string, { customerId }: CardConversation) {
      if (!customerId) return null;
      const [identities, fieldNames] = await Promise.all([customers.card(tenantId, customerId), fields.names(tenantId)]);
      const ids = identities.map(({ id }) => id);
      return { identities, ids, fieldNames, values: await fields.values(tenantId, ids) };
    },

    /** The ids of all who are one person with the customer, the customer's own first. */
    samePerson: async (tenantId: string, customerId: string): Promise<{ id: string; botId: string }[]> =>
      customers.card(tenantId, customerId),

    /** Who could be the same person. @throws NotFoundError in a group */
    async find(tenantId: string, conversation: CardConversation, words: string) {
      const customerId = customerOf(conversation);
      if (words === '') return [];
      const known = new Set((await customers.card(tenantId, customerId)).map(({ id }) => id));
      return (await customers.find(tenantId, customerId, words)).filter(({ id }) => !known.has(id));
    },

    /** @throws NotFoundError, ValidationError, LimitReachedError */
    async join(actor: Actor, conversation: CardConversation, otherId: string): Promise<void> {
      const customerId = customerOf(conversation);
      if (otherId === customerId) throw new ValidationError({ customerId: 'errors.form.invalid' });
      const change = await customers.join(actor.tenantId, customerId, otherId);
      if (change === 'gone') throw new NotFoundError();
      if (change === 'full') throw new LimitReachedError('customers.join.full');
      if (change === 'done') await record(actor, 'customer.joined', otherId, conversation);
    },

    /** The customer or somebody who is the same person becomes one of their own again. @throws NotFoundError */
    async part(actor: Actor, conversation: CardConversation, otherId: string): Promise<void> {
      const same = await customers.card(actor.tenantId, customerOf(conversation));
      const isOne = same.some(({ id }) => id === otherId);
      if (!isOne || !(await customers.part(actor.tenantId, otherId))) throw new NotFoundError();
      await record(actor, 'customer.parted', otherId, conversation);
    },

    /** @throws NotFoundError in a group, LimitReachedError */
    async putField(actor: Actor, conversation: CardConversation, form: FieldForm): Promise<void> {
      const customerId = customerOf(conversation);
      const change = await fields.put(actor.tenantId, customerId, form);
      if (change === 'full') throw new LimitReachedError('customers.field.full', { count: MAX_FIELDS });
      await record(actor, 'customer.changed', customerId, conversation);
    },

    /** Of any account of the person on the card. @throws NotFoundError */
    async setOptOut(actor: Actor, conversation: CardConversation, { customerId, out }: { customerId: string; out: boolean }) {
      const { tenantId } = actor;
      const same = await customers.card(tenantId, customerOf(conversation));
      if (!same.some(({ id }) => id === customerId)) throw new NotFoundError();
      if (!(await setOptOut({ tenantId, customerId, out }))) return;
      await record(actor, out ? 'customer.opted_out' : 'customer.opted_in', customerId, conversation);
    },

    /** Null outside of groups. */
    group: async (tenantId: string, { id, isGroup }: CardConversation & { isGroup: boolean }) =>
      isGroup ? customers.groupMembers(tenantId, id) : null,

    /** `language` null: as the customer writes. @throws NotFoundError */
    async setLanguage(actor: Actor, { id, botId }: CardConversation, language: ReplyLanguage | null): Promise<void> {
      const { tenantId } = actor;
      if (!(await setLanguage({ tenantId, botId, conversationId: id, language }))) throw new NotFoundError();
      const target = { targetType: 'conversation', targetId: id };
      await audit.record({ ...actor, action: 'conversation.language_set', ...target, details: { botId, language } });
    },
  };
}

export type Customers = ReturnType<typeof createCustomers>;
