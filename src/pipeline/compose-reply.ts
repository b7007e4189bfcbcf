import { type Composer, type EntryAnswers, isCharged } from '#answering/answer.ts';
import type { Offers } from '#answering/offers.ts';
import { OTHER_CHOICE } from '#core/choices.ts';
import type { Decision } from '#core/decide-reply.ts';
import type { ReplyLanguage } from '#core/languages.ts';
import type { Attachment, InlineMedia, Place } from '#core/message.ts';
import { isLate } from '#core/platform-time.ts';
import { unreadFile } from '#core/readable-file.ts';
import type { ByteBudget } from '#platform/byte-budget.ts';
import type { Logger } from '#platform/logger.ts';
import { createFileFetcher, createMediaBudget } from './fetch-files.ts';
import { type ComposedReply, createFixedReplies, type FixedReplyDeps } from './fixed-replies.ts';
import { createPresence, type PresenceDeps } from './presence.ts';
import type { NewReply, Turn, TurnNotices } from './turn.ts';
import type { Charge } from './usage.service.ts';

export interface TurnUsage {
  chargeTurn(turn: {
    tenantId: string;
    conversationId: string;
    epoch: number;
    customerId: string | null;
    messageIds: number[];
  }): Promise<Charge>;
  releaseMessages(messageIds: number[], turn?: Pick<Turn, 'conversationId' | 'epoch'>): Promise<unknown>;
}

export interface ReplyComposerDeps extends PresenceDeps, FixedReplyDeps {
  composer: Composer;
  entries: EntryAnswers;
  /** Without an AI nothing is charged. */
  aiConfigured: boolean;
  usage: TurnUsage;
  offers: Pick<Offers, 'newest'>;
  notices: Pick<TurnNotices, 'quotaReached'>;
  logger: Logger;
  mediaBudget?: ByteBudget;
}

/** Null: nothing is said, because the customer was told to slow down already. */
export function createReplyComposer(deps: ReplyComposerDeps) {
  const { showTyping, markRead } = createPresence(deps);
  const { fixed, callPerson, say, unknown, apologized, withUnread } = createFixedReplies(deps);
  const fetchFiles = createFileFetcher({ ...deps, mediaBudget: deps.mediaBudget ?? createMediaBudget() });
  async function ask(
    turn: Turn,
    messageIds: number[],
    { text, media, unread = [] }: Decision & { act: 'ask' },
    language: ReplyLanguage,
  ) {
    // Pictures take time, so they are marked as read first.
    if (media.length > 0) markRead(turn);
    const charge = await chargeFor(turn, messageIds);
    if (charge?.ok === false && charge.reason === 'quota_reached') tellOwner(turn.tenantId);
    if (charge?.ok === false && charge.quiet) return null;
    const stopTyping = charge?.ok ? showTyping(turn, placeOf(turn, messageIds)) : markRead(turn);
    let free = (): void => {};
    try {
      // Files are fetched for the AI only.
      const fetched = charge?.ok ? await fetchFiles(turn, media) : { files: media.map(unopened), unread: [], free };
      free = fetched.free;
      const { files } = fetched;
      if (!text && files.length === 0) {
        if (charge?.ok) await deps.usage.releaseMessages(messageIds, turn);
        return say(turn, language, 'media_failed');
      }
      const { tenantId, bot, history } = turn;
      const aiRefusal = charge?.ok === false ? charge.reason : null;
      const writtenAt = lateSince(turn, messageIds);
      const answered = await deps.composer.compose({
        tenantId,
        bot,
        language,
        text,
        media: files,
        mediaText: textOfMedia(turn, messageIds),
        history,
        refersTo: turn.waiting.flatMap(({ id, refersTo }) => (refersTo && messageIds.includes(id) ? [refersTo] : [])),
        timeZone: turn.timeZone,
        ...(writtenAt && { writtenAt }),
        aiRefusal,
        free: charge?.ok ? charge.free : true,
      });
      if (answered.reason === 'files_refused' && !text) {
        if (charge?.ok) await deps.usage.releaseMessages(messageIds, turn);
        return say(turn, language, 'media_failed');
      }
      const apology = writtenAt && isAnswer(answered) ? apologized(turn, answered, language) : answered;
      const refused = answered.filesRefused ? media.map(unreadFile) : fetched.unread;
      const reply = withUnread(apology, [...unread, ...refused], language);
      if (isCharged(reply)) return { reply, chargedMonth: charge?.ok ? charge.month : null };
      if (charge?.ok) await deps.usage.releaseMessages(messageIds, turn);
      // Small talk needs nobody; it is the only one of these with another reason and without a file.
      const unanswered = reply.mode === 'fallback' && (reply.reason === 'no_knowledge' || files.length > 0);
      return { reply: { ...reply, keep: aiRefusal === 'quota_reached' && unanswered }, chargedMonth: null };
    } finally {
      free();
      stopTyping();
    }
  }

  /** The entry of a pressed button costs nothing. An entry that is gone makes the button's words a question. */
  async function pressed(turn: Turn, { choice, text }: Decision & { act: 'ask' }, language: ReplyLanguage) {
    if (choice === undefined) return null;
    // The staff sees the question that the titles did not answer.
    if (choice === OTHER_CHOICE)
      return deps.offers.newest(turn.history) ? unknown(turn, language) : say(turn, language, 'button_gone');
    const reply = await deps.entries.entry({ ...turn, language }, choice);
    if (reply) return { reply, chargedMonth: null };
    return text ? null : say(turn, language, 'button_gone');
  }

  function chargeFor(turn: Turn, messageIds: number[]): ReturnType<TurnUsage['chargeTurn']> | null {
    if (!deps.aiConfigured) return null;
    return turn.chargedMonth
      ? Promise.resolve({ ok: true, month: turn.chargedMonth, free: turn.free })
      : deps.usage.chargeTurn({ ...turn, messageIds });
  }

  function tellOwner(tenantId: string): void {
    deps.notices
      .quotaReached({ tenantId })
      .catch((err: Error) => deps.logger.warn(err, 'the owner was not told of the reached limit'));
  }

  return async (turn: Turn, messageIds: number[], decision: Decision, language: ReplyLanguage): Promise<ComposedReply | null> => {
    if (decision.act !== 'ask') {
      markRead(turn);
      if (turn.chargedMonth) await deps.usage.releaseMessages(messageIds, turn);
    }
    switch (decision.act) {
      case 'greet':
        return fixed(decision.text, callPerson(turn, language));
      case 'fixed':
        return say(turn, language, decision.sentence);
      case 'ask':
        return (await pressed(turn, decision, language)) ?? ask(turn, messageIds, decision, language);
    }
  };
}

/** Small talk needs no apology. */
const isAnswer = ({ mode, reason }: Pick<NewReply, 'mode' | 'reason'>): boolean =>
  mode !== 'fallback' || reason === 'no_knowledge';

/** When the newest of the messages was written, if all of them are late. */
function lateSince({ waiting }: Turn, messageIds: number[]): Date | null {
  const ages = waiting.flatMap(({ id, ageMs = 0 }) => (messageIds.includes(id) ? [ageMs] : []));
  const youngest = Math.min(...ages);
  return isLate(youngest) ? new Date(Date.now() - youngest) : null;
}

/** Stands for a file that nobody reads: without the AI only its presence counts. */
const unopened = ({ mimeType = 'application/octet-stream' }: Attachment): InlineMedia => ({ mimeType, base64: '' });

const placeOf = ({ waiting }: Turn, messageIds: number[]): Place | undefined =>
  waiting.find(({ id }) => messageIds.includes(id))?.place ?? undefined;

const textOfMedia = ({ waiting }: Turn, messageIds: number[]): string =>
  waiting.flatMap(({ id, mediaText }) => (mediaText && messageIds.includes(id) ? [mediaText] : [])).join('\n');

export type ReplyComposer = ReturnType<typeof createReplyComposer>;
