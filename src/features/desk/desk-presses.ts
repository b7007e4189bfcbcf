import type { DeskClient } from '#channels/telegram/desk/desk.client.ts';
import { DESK_DATA, type DeskEvent, type DeskPlace } from '#channels/telegram/desk/desk.event.ts';
import { NotFoundError } from '#core/errors.ts';
import { isLanguage } from '#core/languages.ts';
import { isOpenEnded, PAUSE_MINUTES } from '#core/silence.ts';
import { shownText } from '#core/words/message-parts.ts';
import type { ConversationHead, ConversationsApi } from '#features/conversations/feature.ts';
import type { PersonReplies } from '#pipeline/staff-replies.service.ts';
import { isId } from '#platform/crypto/ids.ts';
import type { Notifications } from '#platform/db/notifications.ts';
import { createFormats } from '#platform/formats.ts';
import type { I18n, Translate } from '#platform/i18n/i18n.ts';
import { shownAnswer } from './bot-answer.ts';
import { answerTo } from './card-state.ts';
import type { CorrectionPresses } from './correction-presses.ts';
import { actorOf, type DeskWords } from './desk-words.ts';
import type { DigestPresses } from './digest-presses.ts';
import type { Desk } from './links.repo.ts';
import type { DeskContent, DeskMessageRow, DeskMessagesRepo } from './messages.repo.ts';

interface Deps {
  messages: DeskMessagesRepo;
  conversations: ConversationsApi;
  personReplies: PersonReplies;
  words: Pick<DeskWords, 'expect' | 'expectCorrection' | 'teachAnswer'>;
  digestPress: DigestPresses;
  correctionPress: CorrectionPresses;
  client: Pick<DeskClient, 'answerPress'>;
  notifications: Pick<Notifications, 'notify'>;
  i18n: I18n;
}

interface Press {
  desk: Desk;
  card: DeskMessageRow;
  head: ConversationHead;
  event: DeskEvent;
  t: Translate;
}

/** What the person sees at once; an alert has to be closed. */
interface Answer {
  words: string | null;
  alert?: boolean;
}

const MINUTES: Record<string, number> = {
  take_hour: PAUSE_MINUTES.hour,
  take_four: PAUSE_MINUTES.four,
  take_open: PAUSE_MINUTES.open,
};

/**
 * The buttons of cards. A press counts only on its own card, in the chat of a member of its business, while the card is open.
 * Each press is answered, so that the button does not spin.
 */
export function createDeskPresses({ messages, conversations, personReplies, words, digestPress, client, ...rest }: Deps) {
  const { notifications, i18n, correctionPress } = rest;
  /** Somebody else has the conversation: their name and until when. */
  async function takenBy({ desk, head, t }: Press): Promise<string | null> {
    if (!head.silencedUntil) return null;
    const holder = await messages.holderOf(desk.tenantId, head.id);
    if (holder?.userId === desk.userId) return null;
    const { formatRecent } = createFormats(isLanguage(desk.language) ? desk.language : 'uz', desk.timeZone);
    const name = holder?.username ?? t('desk.card.colleague');
    if (isOpenEnded(head.silencedUntil, new Date())) return t('desk.press.taken_open', { name });
    return t('desk.press.taken', { name, time: formatRecent(head.silencedUntil) });
  }

  const setMenu = ({ desk, card }: Press, menu: boolean): Promise<void> =>
    messages.openMenu(desk.tenantId, card.id, { ...(card.content as DeskContent), menu });

  async function take(press: Press, minutes: number): Promise<Answer> {
    const taken = await takenBy(press);
    if (taken) return { words: taken, alert: true };
    await personReplies.takeOver(actorOf(press.desk), press.head, minutes);
    await setMenu(press, false);
    return { words: press.t('desk.press.took') };
  }

  async function expect(press: Press, asks: 'answer' | 'knowledge'): Promise<Answer> {
    const taken = asks === 'answer' ? await takenBy(press) : null;
    if (taken) return { words: taken, alert: true };
    await words.expect(press.desk, press.event, press.card, asks);
    return { words: null };
  }

  const ACTS: Record<string, (press: Press, act: string) => Promise<Answer>> = {
    answer: (press) => expect(press, 'answer'),
    learn: (press) => expect(press, 'knowledge'),
    async learn_this(press) {
      const { messages: said } = await conversations.messages(press.desk.tenantId, press.head.id, null);
      const text = answerTo(press.card, said)?.text;
      if (!text) return expect(press, 'knowledge');
      await words.teachAnswer(press.desk, press.event, press.head, press.card, text);
      return { words: null };
    },
    async wrong({ desk, card, head, event, t }) {
      const { messages: said } = await conversations.messages(desk.tenantId, head.id, null);
      const messageId = card.messageId === null ? null : Number(card.messageId);
      const answer = shownAnswer({ messageId, content: card.content as DeskContent }, said);
      if (!answer) return { words: t('desk.press.over') };
      const shown = { id: answer.id, words: shownText(answer.text, answer.mode) };
      await words.expectCorrection(desk, event, { conversationId: head.id, answer: shown });
      return { words: null };
    },
    async take(press) {
      const taken = await takenBy(press);
      if (taken) return { words: taken, alert: true };
      await setMenu(press, true);
      return { words: null };
    },
    async menu_back(press) {
      await setMenu(press, false);
      return { words: null };
    },
    take_hour: (press, act) => take(press, MINUTES[act] as number),
    take_four: (press, act) => take(press, MINUTES[act] as number),
    take_open: (press, act) => take(press, MINUTES[act] as number),
    async hand_back(press) {
      await personReplies.handBack(actorOf(press.desk), press.head);
      return { words: press.t('desk.press.handed_back') };
    },
    async done({ desk, head, t }) {
      await conversations.conversations.resolve(actorOf(desk), head.botId, head.id);
      await messages.closeCards(desk.tenantId, head.id, new Date());
      return { words: t('desk.press.done') };
    },
  };

  /** Null: forged, foreign, or of a card that is closed or gone. */
  async function read(event: DeskEvent, desks: Desk[]): Promise<(Press & { act: string }) | null> {
    const [act = '', id] = event.press?.data.slice(DESK_DATA.length).split(':') ?? [];
    if (!Object.hasOwn(ACTS, act) || !isId(id)) return null;
    const card = await messages.find(
      desks.map((desk) => desk.id),
      id,
    );
    const desk = desks.find((one) => one.id === card?.linkId);
    if (!card || !desk || card.tenantId !== desk.tenantId || card.kind !== 'card' || card.closedAt) return null;
    // A card may be pressed before its number is recorded.
    if (card.telegramId !== null && Number(card.telegramId) !== event.onMessageId) return null;
    const head = await conversations.conversations.findInTenant(desk.tenantId, card.conversationId).catch(notFound);
    return head && { act, desk, card, head, event, t: i18n.getFixedT(desk.language) };
  }

  return {
    async press({ token }: DeskPlace, event: DeskEvent, desks: Desk[]): Promise<void> {
      const ofNote = (await digestPress(event, desks)) ?? (await correctionPress(event, desks));
      const press = ofNote ? null : await read(event, desks);
      const [first] = desks;
      const over = first ? i18n.getFixedT(first.language)('desk.press.over') : null;
      const { words: said, alert = false } = press
        ? await (ACTS[press.act] as (typeof ACTS)[string])(press, press.act)
        : { alert: false, ...(ofNote ?? { words: over }) };
      void client.answerPress(token, event.press?.id ?? '', said, { alert });
      await notifications.notify('desk');
    },
  };
}

export type DeskPresses = ReturnType<typeof createDeskPresses>;

function notFound(error: unknown): null {
  if (error instanceof NotFoundError) return null;
  throw error;
}
