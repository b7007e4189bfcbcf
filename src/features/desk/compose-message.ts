import { channelName } from '#channels/channels.ts';
import type { DeskButton, DeskText } from '#channels/telegram/desk/desk.client.ts';
import { DESK_DATA } from '#channels/telegram/desk/desk.event.ts';
import { isLanguage, type Language } from '#core/languages.ts';
import type { MessageKind } from '#core/message.ts';
import { hourIn } from '#core/time.ts';
import { shownText } from '#core/words/message-parts.ts';
import { escapeHtml } from '#core/words/styled-html.ts';
import type { ConversationHead, ConversationsApi, MessageLine } from '#features/conversations/feature.ts';
import { createFormats } from '#platform/formats.ts';
import type { I18n, Translate } from '#platform/i18n/i18n.ts';
import { earlierTurns, partialAnswer, shownAnswer } from './bot-answer.ts';
import { answerTo, cardState } from './card-state.ts';
import type { DeskMessagesRepo, DueMessage } from './messages.repo.ts';

interface Deps {
  i18n: I18n;
  conversations: ConversationsApi;
  holderOf: DeskMessagesRepo['holderOf'];
  /** Null where Telegram would refuse links to this installation. */
  linkOrigin: string | null;
}

const MAX_QUESTION_CHARS = 1_500;
const MAX_TURN_CHARS = 160;
const MAX_PART_CHARS = 600;
const MAX_NAME_CHARS = 80;
const MAX_NOTE_CHARS = 3_500;
const FILES = new Set<MessageKind>(['photo', 'voice', 'audio', 'video', 'document']);

/** The words and buttons of a message of the desk, in the member's language. Null: it is about nothing any more. */
export function createComposer({ i18n, conversations, holderOf, linkOrigin }: Deps) {
  async function card(message: DueMessage, t: Translate): Promise<DeskText | null> {
    const { tenantId, conversationId } = message;
    const head = conversationId
      ? await conversations.conversations.findInTenant(tenantId, conversationId).catch(() => null)
      : null;
    if (!head) return null;
    const { messages } = await conversations.messages(tenantId, head.id, null);
    const held = head.silencedUntil ? await holderOf(tenantId, head.id) : null;
    const state = cardState({ message, head, messages, holder: held?.username ?? null, t, formats: formatsOf(message) });
    if (message.kind === 'follow_up') return followUp(message, head, messages, t);
    const html = [
      `<b>${t(`desk.card.title.${message.content.why ?? 'unknown'}`, { name: nameOf(head, t) })}</b>`,
      whereLine(message, head, t),
      questionOf(message, t),
      fileOf(message, messages, t),
      partOf(message, messages, t),
      againOf(message, messages, t),
      summaryOf(message, messages, t),
      state.line && `<i>${escapeHtml(state.line)}</i>`,
    ];
    const can = { learnThis: Boolean(answerTo(message, messages)?.text), correct: shownAnswer(message, messages) !== undefined };
    return { html: html.filter(Boolean).join('\n'), buttons: buttonsOf(message, head, t, can) };
  }

  /** Of a digest: three for each of its questions. */
  function questionButtons({ id, content: { questions = [] } }: DueMessage, t: Translate): DeskButton[][] {
    return questions.flatMap(({ id: questionId, botId }, at) => {
      const press = (act: string): DeskButton => ({
        label: `${at + 1}. ${t(`desk.button.question_${act}`)}`,
        data: `${DESK_DATA}question_${act}:${id}:${at}`,
      });
      const page = `${linkOrigin}/bots/${botId}/questions?question=${questionId}`;
      const open = linkOrigin === null ? [] : [{ label: `${at + 1}. ${t('desk.button.open')}`, url: page }];
      return [[press('answer'), press('dismiss')], open].filter(isFilled);
    });
  }

  /** Under what a correction led to: the customer was told something else. */
  const correctionButtons = ({ id, content: { corrected } }: DueMessage, t: Translate): DeskButton[][] =>
    corrected ? [[{ label: t('desk.button.send_correction'), data: `${DESK_DATA}send_correction:${id}` }]] : [];

  function buttonsOf(
    { id, closedAt, content }: DueMessage,
    head: ConversationHead,
    t: Translate,
    can: { learnThis: boolean; correct: boolean },
  ): DeskButton[][] {
    const press = (act: string): DeskButton => ({ label: t(`desk.button.${act}`), data: `${DESK_DATA}${act}:${id}` });
    const open = linkOrigin === null ? [] : [{ label: t('desk.button.open'), url: `${linkOrigin}${pathOf(head)}` }];
    if (closedAt) return [open].filter(isFilled);
    if (content.menu) return [[press('take_hour'), press('take_four')], [press('take_open')], [press('menu_back')]];
    const hold = press(head.silencedUntil ? 'hand_back' : 'take');
    const known = can.correct ? [press('wrong')] : [];
    return [[press('answer'), hold], [press(can.learnThis ? 'learn_this' : 'learn'), press('done')], known, open].filter(
      isFilled,
    );
  }

  return async (message: DueMessage): Promise<DeskText | null> => {
    const t = i18n.getFixedT(languageOf(message));
    const silent = isQuiet(message);
    const { content } = message;
    if (message.kind === 'card' || message.kind === 'follow_up') {
      const made = await card(message, t);
      return made && { ...made, silent, replyTo: message.underTelegramId };
    }
    const why = content.whyKey ? { why: t(content.whyKey) } : {};
    const quoted = { question: content.question ?? '', ...content.params, ...why };
    const words = content.key ? t(content.key, escaped(quoted)) : noticeOf(content.subject, content.text);
    return {
      html: words,
      buttons: [...questionButtons(message, t), ...correctionButtons(message, t)],
      silent: silent && message.kind !== 'note',
      asksFor: content.asks ? t(`desk.ask.${content.asks}`) : null,
    };
  };
}

export type Composer = ReturnType<typeof createComposer>;

function followUp(message: DueMessage, head: ConversationHead, messages: readonly MessageLine[], t: Translate): DeskText {
  const lines = [`<b>${t('desk.card.title.wrote', { name: nameOf(head, t) })}</b>`, questionOf(message, t)];
  return { html: [...lines, fileOf(message, messages, t)].filter(Boolean).join('\n') };
}

/** The file that the customer sent: its kind and name, and what the AI heard or saw in it. */
function fileOf({ messageId }: DueMessage, messages: readonly MessageLine[], t: Translate): string {
  const message = messages.find(({ id }) => id === messageId);
  if (!message || !FILES.has(message.kind)) return '';
  const name = cut(message.attachment?.fileName ?? '', MAX_NAME_CHARS);
  const words = message.mediaText ? t('desk.card.in_words', { words: cut(message.mediaText, MAX_QUESTION_CHARS) }) : '';
  return [`📎 ${[t(`conversations.kind.${message.kind}`), name].filter(Boolean).join(': ')}`, words].filter(Boolean).join('\n');
}

/** Who only asks for a person has asked nothing else. */
function questionOf({ content: { question = '', why } }: DueMessage, t: Translate): string {
  const words = cut(question, MAX_QUESTION_CHARS) || (why === 'asked' ? '' : t('desk.card.no_words'));
  return words && `<blockquote>${words}</blockquote>`;
}

function whereLine(message: DueMessage, head: ConversationHead, t: Translate): string {
  const since = formatsOf(message).formatRecent(message.content.since ?? message.createdAt);
  return `${escapeHtml(channelName(head.platform))} · ${cut(head.botName, MAX_NAME_CHARS)} · ${t('desk.card.since', { time: since })}`;
}

/** What the customer asked since, in vain; it made no card of its own. */
function againOf({ content: { again = 0, more = [] } }: DueMessage, messages: readonly MessageLine[], t: Translate): string {
  if (again === 0) return '';
  const asked = messages.filter(({ id }) => more.includes(id)).map(({ text, mediaText }) => text || (mediaText ?? ''));
  const words = asked.filter(Boolean).map((question) => `– ${cut(question, MAX_TURN_CHARS)}`);
  return [t('desk.card.again', { count: again }), ...words].join('\n');
}

/** The part that the bot knew. */
function partOf(message: DueMessage, messages: readonly MessageLine[], t: Translate): string {
  const answer = partialAnswer(message, messages);
  return answer ? `${t('desk.card.by.bot')}: ${cut(shownText(answer.text, answer.mode), MAX_PART_CHARS)}` : '';
}

function summaryOf(message: DueMessage, messages: readonly MessageLine[], t: Translate): string {
  const earlier = earlierTurns(message, messages);
  if (earlier.length === 0) return '';
  const turns = earlier.map(
    ({ direction, mode, text }) =>
      `${t(`desk.card.by.${direction === 'in' ? 'customer' : mode === 'person' ? 'staff' : 'bot'}`)}: ${cut(shownText(text, mode), MAX_TURN_CHARS)}`,
  );
  return [t('desk.card.before'), ...turns].join('\n');
}

const isFilled = (row: readonly DeskButton[]): boolean => row.length > 0;

const noticeOf = (subject = '', text = ''): string => `<b>${cut(subject, MAX_TURN_CHARS)}</b>\n${cut(text, MAX_NOTE_CHARS)}`;

const pathOf = ({ botId, id }: ConversationHead): string => `/bots/${botId}/conversations/${id}`;

const languageOf = ({ language }: DueMessage): Language => (isLanguage(language) ? language : 'uz');

const formatsOf = (message: DueMessage) => createFormats(languageOf(message), message.timeZone);

const nameOf = (head: ConversationHead, t: Translate): string =>
  cut(head.customerName ?? head.username ?? t('desk.card.unnamed'), MAX_NAME_CHARS);

/** Customers choose their own names and words, so all of it is text. */
const cut = (text: string, maxChars: number): string => {
  const clean = text.replace(/[^\S\n]+/g, ' ').trim();
  return escapeHtml(
    clean.length > maxChars
      ? `${clean
          .slice(0, maxChars)
          .toWellFormed()
          .replace(/\uFFFD$/, '')}…`
      : clean,
  );
};

const escaped = (params: Record<string, string | number> = {}): Record<string, string | number> =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, typeof value === 'string' ? cut(value, MAX_NOTE_CHARS) : value]),
  );

/** Between the member's quiet hours messages come without a sound. */
function isQuiet({ quietFrom, quietUntil, timeZone }: DueMessage, now = new Date()): boolean {
  if (quietFrom === null || quietUntil === null || quietFrom === quietUntil) return false;
  const hour = hourIn(now, timeZone);
  return quietFrom < quietUntil ? hour >= quietFrom && hour < quietUntil : hour >= quietFrom || hour < quietUntil;
}
