import { createHash } from 'node:crypto';
import type { AuditAction } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { NotFoundError, ValidationError } from '#core/errors.ts';
import type { ChannelKind } from '#core/message.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Actor } from '#web/actor.ts';
import type { Ended, StaffRepliesRepo, StaffReplyOutcome } from './staff-replies.repo.ts';

/** What a reply of the staff needs to know of its conversation. */
export interface StaffConversation {
  id: string;
  botId: string;
  platform: ChannelKind;
  /** The owner lets the connection work, and the plan covers it. */
  connectionOn: boolean;
  lastCustomerMessageAt: Date | null;
}

interface Deps {
  repo: StaffRepliesRepo;
  /** The platform's reply window; null where it has none. */
  windowOf: (conversation: StaffConversation, now: Date) => { open: boolean } | null;
  /** pipeline: gives back what was reserved for answers the bot does not give now. */
  releaseMessages: (ids: number[]) => Promise<unknown>;
  audit: AuditLog;
}

/** A person of the business in a customer's conversation: answers, takes it over, hands it back. */
export function createPersonReplies({ repo, windowOf, releaseMessages, audit }: Deps) {
  const record = (
    actor: Actor,
    action: AuditAction,
    { id, botId }: StaffConversation,
    details?: Record<string, unknown>,
  ): Promise<unknown> =>
    audit.record({ ...actor, action, targetType: 'conversation', targetId: id, details: { botId, ...details } });

  async function release(ended: Ended): Promise<void> {
    if (ended.length > 0) await releaseMessages(ended);
  }

  /** Why nothing can be written to the customer now: a translation key; null when it can. */
  function refusalOf(conversation: StaffConversation, now: Date): string | null {
    if (!conversation.connectionOn) return 'conversations.reply.stopped';
    const window = windowOf(conversation, now);
    return window && !window.open ? 'conversations.reply.window_closed' : null;
  }

  async function said(
    actor: Actor,
    conversation: StaffConversation,
    action: AuditAction,
    outcome: StaffReplyOutcome | null,
  ): Promise<boolean> {
    if (!outcome) throw new NotFoundError();
    const { messageId, writtenBy, ended } = outcome;
    await release(ended);
    if (messageId === null) return false;
    // The message's page names its writer by this line.
    await record(actor, action, conversation, { messageId, ...(writtenBy && { writtenBy }) });
    return true;
  }

  return {
    refusalOf,

    /**
     * Accepts a message for the customer; from then on it is sent whatever happens. False: the same form brought it before.
     * @throws ValidationError when it cannot be written now.
     */
    async reply(
      actor: Actor,
      conversation: StaffConversation,
      { text, draft = newId() }: { text: string; draft?: string | undefined },
    ) {
      const refusal = refusalOf(conversation, new Date());
      if (refusal) throw new ValidationError({ text: refusal });
      const draftHash = createHash('sha256').update(`${draft}\n${text}`).digest('base64url');
      const { botId, id } = conversation;
      const outcome = await repo.reply(actor.tenantId, botId, id, { text, draftHash });
      return said(actor, conversation, 'conversation.replied', outcome);
    },

    /** Sends again what failed. False: there is nothing to send. @throws ValidationError when it cannot be written now. */
    async retry(actor: Actor, conversation: StaffConversation, messageId: number): Promise<boolean> {
      const refusal = refusalOf(conversation, new Date());
      if (refusal) throw new ValidationError({ text: refusal });
      const outcome = await repo.retry(actor.tenantId, conversation.botId, conversation.id, messageId);
      return said(actor, conversation, 'conversation.reply_retried', outcome);
    },

    /** @throws NotFoundError */
    async takeOver(actor: Actor, conversation: StaffConversation): Promise<void> {
      const ended = await repo.takeOver(actor.tenantId, conversation.botId, conversation.id);
      if (!ended) throw new NotFoundError();
      await release(ended);
      await record(actor, 'conversation.taken_over', conversation);
    },

    /** The bot answers again at once, whoever had the conversation. @throws NotFoundError */
    async handBack(actor: Actor, conversation: StaffConversation): Promise<void> {
      if (!(await repo.handBack(actor.tenantId, conversation.botId, conversation.id))) throw new NotFoundError();
      await record(actor, 'conversation.bot_resumed', conversation);
    },
  };
}

export type PersonReplies = ReturnType<typeof createPersonReplies>;
