import { DESK_BOT_ID, type DeskEvent } from '#channels/telegram/desk/desk.event.ts';
import { MINUTE_MS } from '#core/durations.ts';
import { AppError, reasonKey } from '#core/errors.ts';
import { replyFileOf } from '#core/reply-file.ts';
import type { ConversationHead, ConversationsApi } from '#features/conversations/feature.ts';
import type { PersonReplies } from '#pipeline/staff-replies.service.ts';
import type { Notifications } from '#platform/db/notifications.ts';
import type { Actor } from '#web/actor.ts';
import type { CorrectInDesk } from './desk-corrections.ts';
import type { DeskFileRefusals } from './desk-files.ts';
import type { LearnFrom } from './desk-learning.ts';
import { createDeskTargets } from './desk-targets.ts';
import type { Desk, LinksRepo } from './links.repo.ts';
import type { DeskContent, DeskMessageRow, DeskMessagesRepo } from './messages.repo.ts';

interface Deps {
  links: Pick<LinksRepo, 'expect'>;
  messages: DeskMessagesRepo;
  conversations: ConversationsApi;
  personReplies: PersonReplies;
  /** Makes the words the answer to the card's question; gives what the bot answers now. */
  learn: (actor: Actor, card: LearnFrom, answer: string) => Promise<DeskContent>;
  correct: CorrectInDesk;
  notifications: Pick<Notifications, 'notify'>;
  refusalOf: DeskFileRefusals;
}

const MAX_REPLY_CHARS = 4_000;
const EXPECTED_MS = 10 * MINUTE_MS;

export const actorOf = ({ tenantId, userId, role }: Desk): Actor => ({ tenantId, actorId: userId, actorKind: role });

/** What members write: answers to customers and new knowledge. */
export function createDeskWords({ links, messages, conversations, personReplies, learn, correct, ...rest }: Deps) {
  const { notifications, refusalOf } = rest;
  const targets = createDeskTargets({ messages });

  /** Tells the member something, once for the update. */
  async function note(
    { tenantId, id: linkId }: Desk,
    { updateId }: Pick<DeskEvent, 'updateId'>,
    key: string,
    { about, ...content }: DeskContent & { about?: { conversationId: string; messageId: bigint | number | null } } = {},
  ): Promise<void> {
    const place = about && {
      conversationId: about.conversationId,
      messageId: about.messageId === null ? null : Number(about.messageId),
    };
    await messages.put({
      tenantId,
      linkId,
      kind: 'note',
      dedupeKey: `update:${updateId}`,
      content: { key, ...content },
      ...place,
    });
    await notifications.notify('desk');
  }

  async function answer(desk: Desk, event: DeskEvent, head: ConversationHead): Promise<void> {
    // The update's number makes a redelivered one the same message.
    const draft = `desk ${desk.id} ${event.updateId}`;
    const attachment = event.attachment && { ...event.attachment, heldBy: botOf(desk) };
    const file = replyFileOf({ kind: event.kind, attachment });
    await personReplies.reply(actorOf(desk), head, { text: event.text, file, draft });
    await notifications.notify('desk');
  }

  /** `told`: the customer of the card has it already. Else it goes to them, and to all who asked the same. */
  async function teach(desk: Desk, event: DeskEvent, head: ConversationHead, about: DeskMessageRow, told = false): Promise<void> {
    const question = String((about.content as DeskContent).question ?? '');
    const messageId = about.messageId === null ? null : Number(about.messageId);
    const onceFor = `desk ${desk.id} ${event.updateId}`;
    const from = { head, question, messageId, onceFor, told };
    const { key = 'desk.note.learned', ...content } = await learn(actorOf(desk), from, event.text);
    await note(desk, event, key, { ...content, about: { conversationId: head.id, messageId } });
  }

  return {
    note,

    /** The next message in the chat is the answer, or the knowledge. */
    async expect(
      desk: Desk,
      event: Pick<DeskEvent, 'updateId'>,
      card: DeskMessageRow,
      asks: 'answer' | 'knowledge',
    ): Promise<void> {
      const { conversationId, messageId, id, content } = card;
      if (!conversationId) return;
      await links.expect(desk.tenantId, desk.id, asks, id, new Date(Date.now() + EXPECTED_MS));
      const about = { conversationId, messageId };
      await note(desk, event, `desk.note.write_${asks}`, { asks, about, question: (content as DeskContent).question ?? '' });
    },

    /** The next message in the chat is what is right in place of the bot's answer. */
    async expectCorrection(
      desk: Desk,
      event: Pick<DeskEvent, 'updateId'>,
      { conversationId, answer }: { conversationId: string; answer: { id: number; words: string } },
    ): Promise<void> {
      const about = { conversationId, messageId: answer.id };
      const params = { answer: answer.words };
      await note(desk, event, 'desk.note.write_correction', { asks: 'correction', corrects: answer.id, about, params });
      const asking = await messages.ofUpdate(desk.id, event.updateId);
      if (asking) await links.expect(desk.tenantId, desk.id, 'correction', asking.id, new Date(Date.now() + EXPECTED_MS));
    },

    /** The next message in the chat is the answer to an open question. */
    async expectKnowledge(
      desk: Desk,
      event: Pick<DeskEvent, 'updateId'>,
      { question, ...about }: { question: string; conversationId: string; messageId: bigint },
    ): Promise<void> {
      await note(desk, event, 'desk.note.write_knowledge', { asks: 'knowledge', about, question });
      const asking = await messages.ofUpdate(desk.id, event.updateId);
      if (asking) await links.expect(desk.tenantId, desk.id, 'knowledge', asking.id, new Date(Date.now() + EXPECTED_MS));
    },

    /** What was answered to the card becomes knowledge, in one press. */
    async teachAnswer(desk: Desk, event: DeskEvent, head: ConversationHead, card: DeskMessageRow, text: string): Promise<void> {
      await teach(desk, { ...event, text }, head, card, true);
    },

    async say(event: DeskEvent, desks: Desk[]): Promise<void> {
      const first = desks[0] as Desk;
      const target = await targets.of(event, desks);
      if (!target) return note(first, event, 'desk.note.help');
      const { desk, about, asked, expects } = target;
      if (event.text.length > MAX_REPLY_CHARS) return note(desk, event, 'desk.note.too_long');
      try {
        const head = await conversations.conversations.findInTenant(desk.tenantId, about.conversationId);
        const hasFile = event.kind !== 'text';
        if (expects !== null && expects !== 'answer' && hasFile) return note(desk, event, 'desk.note.text_only');
        const refusal = hasFile ? refusalOf(desk, event, head) : null;
        if (refusal) return note(desk, event, `desk.note.file_${refusal.why}`, { params: refusal.params });
        const corrects = expects === 'correction' ? (asked?.content as DeskContent | undefined)?.corrects : undefined;
        if (corrects !== undefined) {
          const { key = '', ...content } = await correct(actorOf(desk), { head, messageId: corrects }, event.text);
          await note(desk, event, key, { ...content, about: { conversationId: head.id, messageId: corrects } });
        } else if (expects === 'knowledge') await teach(desk, event, head, about);
        else await answer(desk, event, head);
        targets.rememberAlbum(event, desk, about);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return note(desk, event, 'desk.note.refused', { whyKey: reasonKey(error) });
      }
      if (desk.expects) await links.expect(desk.tenantId, desk.id, null, null, null);
    },
  };
}

export type DeskWords = ReturnType<typeof createDeskWords>;

/** Whose bot has what was sent in the desk. */
const botOf = ({ connectionId }: Desk): string => connectionId ?? DESK_BOT_ID;
