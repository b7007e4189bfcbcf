import type { ChannelAdapter } from '#channels/channel.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { NotFoundError } from '#core/errors.ts';
import type { ChannelKind } from '#core/message.ts';
import { replyWindow } from '#core/reply-window.ts';
import { isId } from '#platform/crypto/ids.ts';
import type { Actor } from '#web/actor.ts';
import { pageOf, readCursor, writeCursor } from '#web/paging.ts';
import { type ConversationFilter, type ConversationHead, type ConversationsRepo, PAGE_SIZE } from './conversations.repo.ts';

interface Deps {
  conversations: ConversationsRepo;
  channels: Record<ChannelKind, Pick<ChannelAdapter, 'replyWindowMs'> | undefined>;
  audit: AuditLog;
}

export function createConversationsService({ conversations, channels, audit }: Deps) {
  async function page(tenantId: string, filter: ConversationFilter) {
    const { shown, last } = pageOf(await conversations.list(tenantId, filter), PAGE_SIZE);
    return { conversations: shown, next: last && writeCursor({ at: last.lastMessageAt, id: last.id }) };
  }

  return {
    page,

    async pageOfAll(tenantId: string, cursor: unknown) {
      const after = readCursor(cursor);
      const filter = { botId: null, q: '', waitingOnly: false, takenOnly: false, after };
      return { ...(await page(tenantId, filter)), isFirst: after === null };
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
  };
}

export type ConversationsService = ReturnType<typeof createConversationsService>;
