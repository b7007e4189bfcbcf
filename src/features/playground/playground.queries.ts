import { createHash } from 'node:crypto';
import type { ReplyLanguage } from '#core/languages.ts';
import type { HistoryTurn, ReplyMode, Source } from '#core/message.ts';
import { resetPlaygroundChat, savePlaygroundTurn } from '#pipeline/playground-chat.ts';
import type { Database } from '#platform/db/database.ts';

/** Whose playground: each user has one conversation with each bot. */
export interface PlaygroundOf {
  tenantId: string;
  botId: string;
  userId: string;
}

/** What an answer is made from. */
export interface PlaygroundState {
  bot: { id: string; name: string; systemPrompt: string; knowledgeVersion: number };
  language: ReplyLanguage | null;
  history: HistoryTurn[];
}

export interface PlaygroundMessage {
  id: number;
  direction: 'in' | 'out';
  text: string;
  mode: ReplyMode | null;
  reason: string | null;
  sources: Source[] | null;
  tookMs: number | null;
  createdAt: Date;
}

export interface PlaygroundTurn {
  text: string;
  reply: string;
  mode: ReplyMode;
  reason: string | null;
  sources: Source[];
  language: ReplyLanguage;
  tookMs: number;
}

const MAX_SHOWN = 100;
const MAX_HISTORY = 20;
const BOT = { id: true, name: true, systemPrompt: true, knowledgeVersion: true } as const;
const SHOWN = { id: true, direction: true, text: true, mode: true, reason: true, sources: true, tookMs: true, createdAt: true };

/** Playground conversations: rows like the customers' without a connection, so no list of conversations shows them. */
export function createPlaygroundQueries({ database }: { database: Database }) {
  const { prisma } = database;
  return {
    /** Null when the bot is not the tenant's. */
    async state({ tenantId, botId, userId }: PlaygroundOf): Promise<PlaygroundState | null> {
      const bot = await prisma.bot.findFirst({ where: { tenantId, id: botId }, select: BOT });
      if (!bot) return null;
      const conversation = await prisma.conversation.findFirst({
        where: { tenantId, botId, id: conversationId({ botId, userId }) },
        select: {
          language: true,
          messages: { select: { text: true, direction: true }, orderBy: { id: 'desc' }, take: MAX_HISTORY },
        },
      });
      const history = (conversation?.messages ?? []).reverse().map(({ text, direction }): HistoryTurn => {
        return { role: direction === 'in' ? 'customer' : 'bot', text };
      });
      return { bot, language: (conversation?.language ?? null) as ReplyLanguage | null, history };
    },

    /** The latest, oldest first. */
    async messages({ tenantId, botId, userId }: PlaygroundOf): Promise<PlaygroundMessage[]> {
      const rows = await prisma.message.findMany({
        where: { tenantId, conversationId: conversationId({ botId, userId }) },
        orderBy: { id: 'desc' },
        take: MAX_SHOWN,
        select: SHOWN,
      });
      return rows.reverse().map((row) => ({ ...row, id: Number(row.id) }) as PlaygroundMessage);
    },

    knowsAnything: async ({ tenantId, botId }: Pick<PlaygroundOf, 'tenantId' | 'botId'>): Promise<boolean> =>
      (await prisma.knowledgeEntry.findFirst({ where: { tenantId, botId }, select: { id: true } })) !== null,

    /** Saves a question and its answer; nothing when the bot was deleted meanwhile. */
    async save({ tenantId, botId, userId }: PlaygroundOf, turn: PlaygroundTurn): Promise<void> {
      const sources = JSON.stringify(turn.sources);
      const id = conversationId({ botId, userId });
      await savePlaygroundTurn(database.sql, { ...turn, tenantId, botId, userId, conversationId: id, sources });
    },

    async reset({ tenantId, botId, userId }: PlaygroundOf): Promise<void> {
      await resetPlaygroundChat(database.sql, { tenantId, conversationId: conversationId({ botId, userId }) });
    },
  };
}

export type PlaygroundQueries = ReturnType<typeof createPlaygroundQueries>;

/** A UUID of version 8 made from user and bot, so that two tabs at once cannot make two conversations. */
function conversationId({ botId, userId }: Pick<PlaygroundOf, 'botId' | 'userId'>): string {
  const hex = createHash('sha256').update(`playground:${botId}:${userId}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
