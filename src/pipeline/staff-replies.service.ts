import { createHash } from 'node:crypto';
import type { AuditAction } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { NotFoundError, ValidationError } from '#core/errors.ts';
import type { ChannelKind } from '#core/message.ts';
import type { ChosenReplyFile, ReplyFile, ReplyFileKind } from '#core/reply-file.ts';
import { SILENCE_MINUTES } from '#core/silence.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Actor } from '#web/actor.ts';
import type { StaffRepliesRepo, StaffReplyOutcome } from './staff-replies.repo.ts';

export interface StaffConversation {
  id: string;
  botId: string;
  platform: ChannelKind;
  /** Enabled by the owner and covered by the plan. */
  connectionOn: boolean;
  lastCustomerMessageAt: Date | null;
}

export interface StaffReply {
  /** May be empty where there is a file. */
  text: string;
  file?: ReplyFile | null;
  /** A file that is stored with the message, in place of `file`. */
  chosen?: ChosenReplyFile | null;
  draft?: string | undefined;
  /** What makes two submissions of a draft the same; the text by default. */
  onceFor?: string;
  /** False: the bot goes on answering. */
  takesOver?: boolean;
}

interface Deps {
  repo: StaffRepliesRepo;
  /** Null where the platform has no reply window. */
  windowOf: (conversation: StaffConversation, now: Date) => { open: boolean } | null;
  audit: AuditLog;
}

export function createPersonReplies({ repo, windowOf, audit }: Deps) {
  const record = (
    actor: Actor,
    action: AuditAction,
    { id, botId }: StaffConversation,
    details?: Record<string, unknown>,
  ): Promise<unknown> =>
    audit.record({ ...actor, action, targetType: 'conversation', targetId: id, details: { botId, ...details } });

  /** A translation key; null when the customer can be written to. */
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
    file?: ReplyFileKind,
  ): Promise<boolean> {
    if (!outcome) throw new NotFoundError();
    const { messageId, writtenBy } = outcome;
    if (messageId === null) return false;
    // The conversation's page names the author by this line.
    await record(actor, action, conversation, { messageId, ...(writtenBy && { writtenBy }), ...(file && { file }) });
    return true;
  }

  return {
    refusalOf,

    /** Once accepted the message is sent in any case. False: the form was submitted before. @throws ValidationError */
    async reply(
      actor: Actor,
      conversation: StaffConversation,
      { text, file, chosen, draft = newId(), onceFor = text, takesOver = true }: StaffReply,
    ) {
      const refusal = refusalOf(conversation, new Date());
      if (refusal) throw new ValidationError({ text: refusal });
      const draftHash = createHash('sha256').update(`${draft}\n${onceFor}`).digest('base64url');
      const { botId, id } = conversation;
      if (chosen && !(await repo.hasRoomFor(actor.tenantId, chosen)))
        throw new ValidationError({ file: 'conversations.file.no_room' });
      const outcome = await repo.reply(actor.tenantId, botId, id, { text, draftHash, file, chosen, takesOver });
      return said(actor, conversation, 'conversation.replied', outcome, (chosen ?? file)?.kind);
    },

    /** False: there is nothing to send. @throws ValidationError */
    async retry(actor: Actor, conversation: StaffConversation, messageId: number): Promise<boolean> {
      const refusal = refusalOf(conversation, new Date());
      if (refusal) throw new ValidationError({ text: refusal });
      const outcome = await repo.retry(actor.tenantId, conversation.botId, conversation.id, messageId);
      return said(actor, conversation, 'conversation.reply_retried', outcome);
    },

    /** For an hour, unless `minutes` says otherwise. */
    async takeOver(actor: Actor, conversation: StaffConversation, minutes?: number): Promise<void> {
      const { botId, id } = conversation;
      if (!(await repo.takeOver(actor.tenantId, botId, id, minutes))) throw new NotFoundError();
      await record(actor, 'conversation.taken_over', conversation, { minutes: minutes ?? SILENCE_MINUTES });
    },

    async handBack(actor: Actor, conversation: StaffConversation): Promise<void> {
      if (!(await repo.handBack(actor.tenantId, conversation.botId, conversation.id))) throw new NotFoundError();
      await record(actor, 'conversation.bot_resumed', conversation);
    },
  };
}

export type PersonReplies = ReturnType<typeof createPersonReplies>;
