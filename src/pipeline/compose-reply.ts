import { type Composer, type EntryAnswers, isCharged } from '#answering/answer.ts';
import type { Offers } from '#answering/offers.ts';
import type { ChannelAdapter, Credentials } from '#channels/channel.ts';
import type { SendPauses } from '#channels/send-pauses.ts';
import { type Choices, OTHER_CHOICE, PERSON_CHOICE } from '#core/choices.ts';
import type { Decision, FixedSentence } from '#core/decide-reply.ts';
import type { ReplyLanguage } from '#core/languages.ts';
import type { Attachment, ChannelKind, InlineMedia, Place } from '#core/message.ts';
import { isLate } from '#core/platform-time.ts';
import { type FileWord, type UnreadFile, unreadFile } from '#core/readable-file.ts';
import type { ByteBudget } from '#platform/byte-budget.ts';
import type { Logger } from '#platform/logger.ts';
import { createFileFetcher, createMediaBudget } from './fetch-files.ts';
import type { NewReply, Turn, TurnNotices } from './turn.ts';
import type { Charge } from './usage.service.ts';

// Announcing a quick answer would be most of its cost.
const TYPING_AFTER_MS = 500;
// Repeated shortly before it ends.
const TYPING_OVERLAP_MS = 500;
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

type TurnSentence = FixedSentence | 'call_person' | 'unknown' | 'file_unread' | `file_word.${FileWord}`;

export interface ReplyComposerDeps {
  composer: Composer;
  entries: EntryAnswers;
  /** Without an AI nothing is charged. */
  aiConfigured: boolean;
  usage: TurnUsage;
  channels: Record<ChannelKind, ChannelAdapter | undefined>;
  openCredentials: (connection: Turn['connection']) => Credentials;
  sentence: (language: ReplyLanguage, key: TurnSentence, params: Record<string, string>) => string;
  offers: Pick<Offers, 'newest'>;
  pauses: Pick<SendPauses, 'isRevoked'>;
  notices: Pick<TurnNotices, 'quotaReached'>;
  logger: Logger;
  /** How long an answer may take before the customer sees "typing…"; shorter in tests only. */
  typingAfterMs?: number;
  mediaBudget?: ByteBudget;
}

export interface ComposedReply {
  reply: NewReply;
  chargedMonth: string | null;
}

/** Null: nothing is said, because the customer was told to slow down already. */
export function createReplyComposer(deps: ReplyComposerDeps) {
  const { typingAfterMs = TYPING_AFTER_MS } = deps;
  const fetchFiles = createFileFetcher({ ...deps, mediaBudget: deps.mediaBudget ?? createMediaBudget() });
  const fixed = (text: string, choices?: Choices): ComposedReply => ({
    reply: { text, mode: 'fixed', reason: null, sources: [], ...(choices && { choices }) },
    chargedMonth: null,
  });
  const callPerson = (turn: Turn, language: ReplyLanguage): Choices => ({
    items: [{ id: PERSON_CHOICE, label: deps.sentence(language, 'call_person', { bot: turn.bot.name }) }],
  });
  const say = (turn: Turn, language: ReplyLanguage, key: FixedSentence) =>
    fixed(
      deps.sentence(language, key, { bot: turn.bot.name }),
      key === 'start' || key === 'help' ? callPerson(turn, language) : undefined,
    );

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

  const apologized = <T extends { text: string }>(turn: Turn, reply: T, language: ReplyLanguage): T => ({
    ...reply,
    text: `${deps.sentence(language, 'late', { bot: turn.bot.name })}\n\n${reply.text}`,
  });

  /** Says which files nobody could read, each name once. */
  function withUnread<T extends { text: string }>(reply: T, files: UnreadFile[], language: ReplyLanguage): T {
    if (files.length === 0) return reply;
    const names = files.map((file) =>
      'name' in file ? `«${file.name}»` : deps.sentence(language, `file_word.${file.word}`, {}),
    );
    const said = deps.sentence(language, 'file_unread', { files: [...new Set(names)].join(', ') });
    return { ...reply, text: `${reply.text}\n\n${said}` };
  }

  /** The entry of a pressed button costs nothing. An entry that is gone makes the button's words a question. */
  async function pressed(turn: Turn, { choice, text }: Decision & { act: 'ask' }, language: ReplyLanguage) {
    if (choice === undefined) return null;
    if (choice === OTHER_CHOICE) return noneOfThem(turn, language);
    const reply = await deps.entries.entry({ ...turn, language }, choice);
    if (reply) return { reply, chargedMonth: null };
    return text ? null : say(turn, language, 'button_gone');
  }

  /** The staff sees the question that the titles did not answer. */
  function noneOfThem(turn: Turn, language: ReplyLanguage): ComposedReply {
    if (!deps.offers.newest(turn.history)) return say(turn, language, 'button_gone');
    const text = deps.sentence(language, 'unknown', { bot: turn.bot.name });
    return { reply: { text, mode: 'fallback', reason: 'no_knowledge', sources: [] }, chargedMonth: null };
  }

  function chargeFor(turn: Turn, messageIds: number[]): ReturnType<TurnUsage['chargeTurn']> | null {
    if (!deps.aiConfigured) return null;
    return turn.chargedMonth
      ? Promise.resolve({ ok: true, month: turn.chargedMonth, free: turn.free })
      : deps.usage.chargeTurn({ ...turn, messageIds });
  }

  function showTyping({ connection, chatId, waiting }: Turn, place: Place | undefined): () => void {
    const channel = deps.channels[connection.platform];
    if (!channel) return () => {};
    const credentials = deps.openCredentials(connection);
    const show = (): void => {
      if (deps.pauses.isRevoked(connection.sealedSecrets)) return;
      timer = setTimeout(show, channel.typingMs - TYPING_OVERLAP_MS);
      channel.showTyping(credentials, chatId, waiting.at(-1)?.externalId, place).catch(() => {});
    };
    let timer = setTimeout(show, channel.marksRead ? 0 : typingAfterMs);
    return () => clearTimeout(timer);
  }

  /** In place of "typing…" for an instant answer. */
  function markRead({ connection, chatId, waiting }: Turn): () => void {
    const [channel, last] = [deps.channels[connection.platform], waiting.at(-1)];
    if (channel?.marksRead && last) channel.markRead(deps.openCredentials(connection), chatId, last.externalId).catch(() => {});
    return () => {};
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
