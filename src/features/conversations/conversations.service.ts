import type { ChannelAdapter } from '#channels/channel.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { NotFoundError } from '#core/errors.ts';
import type { ChannelKind } from '#core/message.ts';
import { replyWindow } from '#core/reply-window.ts';
import { isId } from '#platform/crypto/ids.ts';
import type { Actor } from '#web/actor.ts';
import { pageOf, readCursor, writeCursor } from '#web/paging.ts';
import type { ConversationHead, ConversationsRepo } from './conversations.repo.ts';
import { type ListRead, PAGE_SIZE } from './list.read.ts';
import { type ConversationFilter, EVERY_CONVERSATION } from './list-query.ts';

interface Deps {
  conversations: ConversationsRepo;
  lists: ListRead;
  channels: Record<ChannelKind, Pick<ChannelAdapter, 'replyWindowMs'> | undefined>;
  audit: AuditLog;
}

export function createConversationsService({ conversations, lists, channels, audit }: Deps) {
  async function page(tenantId: string, userId: string | null, filter: ConversationFilter) {
    const { shown, last } = pageOf(await lists.list(tenantId, userId, filter), PAGE_SIZE);
    const labels = await lists.labelsOf(
      tenantId,
      shown.map(({ id }) => id),
    );
    return {
      conversations: shown.map((row) => ({ ...row, labels: labels.get(row.id) ?? [] })),
      next: last && writeCursor({ at: last.lastMessageAt, id: last.id }),
    };
  }

  return {
    page,

    choices: lists.choices,

    inboxVersion: async (tenantId: string): Promise<string | undefined> => (await lists.versions([tenantId])).get(tenantId),

    async pageOfAll(tenantId: string, cursor: unknown) {
      const after = readCursor(cursor);
      return { ...(await page(tenantId, null, { ...EVERY_CONVERSATION, after })), isFirst: after === null };
    },

    async find(tenantId: string, botId: string, id: unknown): Promise<ConversationHead> {
      const head = isId(id) ? await conversations.find(tenantId, botId, id) : null;
      if (!head) throw new NotFoundError();
      return head;
    },

    async findInTenant(tenantId: string, id: unknown): Promise<ConversationHead> {
      const head = isId(id) ? await conversations.find(tenantId, null, id) : null;
      if (!head) throw new NotFoundError();
      return head;
    },

    /** Null on platforms without a window. */
    windowOf({ platform, lastCustomerMessageAt }: Pick<ConversationHead, 'platform' | 'lastCustomerMessageAt'>, now: Date) {
      const windowMs = channels[platform]?.replyWindowMs ?? null;
      return windowMs === null ? null : replyWindow({ lastCustomerMessageAt, windowMs, now });
    },

    async resolve(actor: Actor, botId: string, id: unknown): Promise<void> {
      if (!isId(id) || !(await conversations.resolve(actor.tenantId, botId, id))) throw new NotFoundError();
      const target = { targetType: 'conversation', targetId: id };
      await audit.record({ ...actor, action: 'conversation.resolved', ...target, details: { botId } });
    },

    /** Does nothing to one that is open. */
    async reopen(actor: Actor, botId: string, id: string): Promise<void> {
      if (!(await conversations.reopen(actor.tenantId, botId, id))) return;
      const target = { targetType: 'conversation', targetId: id };
      await audit.record({ ...actor, action: 'conversation.reopened', ...target, details: { botId } });
    },
  };
}

export type ConversationsService = ReturnType<typeof createConversationsService>;
