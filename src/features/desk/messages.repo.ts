import { isId, newId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

/** What a message of the desk says; the words are made when it is sent. */
export interface DeskContent {
  /** Of a card: why a person is needed. */
  why?: 'asked' | 'unknown' | 'partial' | 'no_answer' | 'failed' | 'wrote';
  question?: string;
  /** Since when the customer waits. */
  since?: string;
  menu?: boolean;
  /** Of a card: how often the customer asked since and got no answer, and the last messages of those. */
  again?: number;
  more?: number[];
  /** Of a note or notice: a translation key with its values. */
  key?: string;
  params?: Record<string, string | number>;
  /** The translation key of a reason, its value `why`. */
  whyKey?: string;
  /** Of a digest: the open questions that it names. */
  questions?: { id: string; botId: string }[];
  /** A note that opens the reply field. */
  asks?: 'answer' | 'knowledge' | 'correction';
  /** Of a note that asks for a correction: the bot's answer. */
  corrects?: number;
  /** Of a note that tells of one: the answer, and what is right. */
  corrected?: { messageId: number; words: string };
  /** Of a notice: words that are made already. */
  subject?: string;
  text?: string;
}

export interface DueMessage {
  id: string;
  kind: 'card' | 'follow_up' | 'note' | 'notice' | 'digest';
  tenantId: string;
  conversationId: string | null;
  messageId: number | null;
  content: DeskContent;
  tries: number;
  telegramId: number | null;
  closedAt: Date | null;
  createdAt: Date;
  version: string | null;
  linkId: string;
  chatId: string;
  accountId: string;
  quietFrom: number | null;
  quietUntil: number | null;
  userId: string;
  language: string;
  timeZone: string;
  /** Null for the installation's bot. */
  connectionId: string | null;
  sealedSecrets: string | null;
  underTelegramId: number | null;
}

export interface Settling {
  id: string;
  state: 'sent' | 'pending' | 'failed';
  reason: string | null;
  telegramId: number | null;
  shown: string | null;
  waitMs: number;
}

const MAX_CALL_MS = 5_000;

const claimMessages = report<{ size: number }, DueMessage>(import.meta.url, './statements/claim-desk-messages.sql');
const staleCards = report<{ size: number }, DueMessage>(import.meta.url, './statements/find-stale-cards.sql');
const settleMessage = report<Settling>(import.meta.url, './statements/settle-desk-message.sql');
const releaseMessages = report<{ claimMs: number }>(import.meta.url, './statements/release-desk-messages.sql');
const makeCards = report<{ size: number }, { id: string }>(import.meta.url, './statements/make-cards.sql');
const holderOf = report<{ tenantId: string; conversationId: string }, { userId: string; username: string }>(
  import.meta.url,
  './statements/holder-of-conversation.sql',
);

/** What goes to desks. */
export function createDeskMessagesRepo({ database }: { database: Database }) {
  const { prisma, sql } = database;
  return {
    makeCardsAcrossTenants: async (size: number): Promise<number> => (await makeCards(sql, { size })).length,
    claimAcrossTenants: (size: number): Promise<DueMessage[]> => claimMessages(sql, { size }),
    staleAcrossTenants: (size: number): Promise<DueMessage[]> => staleCards(sql, { size }),
    settleAcrossTenants: async (settling: Settling): Promise<void> => void (await settleMessage(sql, settling)),
    releaseAcrossTenants: async (claimMs: number): Promise<void> => void (await releaseMessages(sql, { claimMs })),

    holderOf: async (tenantId: string, conversationId: string) => (await holderOf(sql, { tenantId, conversationId }))[0] ?? null,

    /** Put once for its key. */
    async put(message: {
      tenantId: string;
      linkId: string;
      kind: DueMessage['kind'];
      dedupeKey: string;
      content: DeskContent;
      conversationId?: string | null;
      messageId?: number | null;
    }): Promise<void> {
      const { content, ...row } = message;
      await prisma.deskMessage.createMany({ data: [{ id: newId(), ...row, content: { ...content } }], skipDuplicates: true });
    },

    /** What a reply in the chat refers to. A card is also known by its buttons, when it was sent and not recorded. */
    async findReplied(linkIds: string[], { onMessageId, onCardId }: { onMessageId: number | null; onCardId: string | null }) {
      const linkId = { in: linkIds };
      if (isId(onCardId)) return prisma.deskMessage.findFirst({ where: { linkId, id: onCardId } });
      if (onMessageId === null) return null;
      return prisma.deskMessage.findFirst({ where: { linkId, telegramId: onMessageId }, orderBy: { createdAt: 'desc' } });
    },

    /** One of the messages is with Telegram, and its number not recorded yet. */
    async isSending(linkIds: string[]): Promise<boolean> {
      const since = new Date((await database.now()).getTime() - MAX_CALL_MS);
      const where = { linkId: { in: linkIds }, state: 'sending', claimedAt: { gt: since } };
      return (await prisma.deskMessage.count({ where })) > 0;
    },

    ofUpdate: (linkId: string, updateId: number) =>
      prisma.deskMessage.findUnique({ where: { linkId_dedupeKey: { linkId, dedupeKey: `update:${updateId}` } } }),

    find: (linkIds: string[], id: string) => prisma.deskMessage.findFirst({ where: { linkId: { in: linkIds }, id } }),

    /** The newest open card of the conversation at the desk. */
    cardOf: (linkId: string, conversationId: string) =>
      prisma.deskMessage.findFirst({
        where: { linkId, conversationId, kind: 'card' },
        orderBy: { createdAt: 'desc' },
      }),

    async openMenu(tenantId: string, id: string, content: DeskContent): Promise<void> {
      await prisma.deskMessage.updateMany({ where: { tenantId, id }, data: { content: { ...content } } });
    },

    async setShown(tenantId: string, id: string, shown: string | null): Promise<void> {
      await prisma.deskMessage.updateMany({ where: { tenantId, id }, data: { shown } });
    },

    /** At every desk: the conversation is done. */
    async closeCards(tenantId: string, conversationId: string, closedAt: Date): Promise<void> {
      const where = { tenantId, conversationId, kind: 'card', closedAt: null };
      await prisma.deskMessage.updateMany({ where, data: { closedAt } });
    },
  };
}

export type DeskMessagesRepo = ReturnType<typeof createDeskMessagesRepo>;
export type DeskMessageRow = NonNullable<Awaited<ReturnType<DeskMessagesRepo['find']>>>;
