import { createHash } from 'node:crypto';
import type { StoredTrace } from '#answering/answer.ts';
import type { OutcomeColumns } from '#core/answer-outcome.ts';
import type { Choices } from '#core/choices.ts';
import type { ReplyLanguage } from '#core/languages.ts';
import type { HistoryTurn, ReplyMode, Source } from '#core/message.ts';
import type { Correction } from '#pipeline/corrections.ts';
import { resetPlaygroundChat, savePlaygroundTurn } from '#pipeline/playground-chat.ts';
import type { Database } from '#platform/db/database.ts';

/** Each user has one conversation with each bot. */
export interface PlaygroundOf {
  tenantId: string;
  botId: string;
  userId: string;
}

export type PlaygroundBot = Pick<PlaygroundState, 'bot' | 'timeZone'>;

export interface PlaygroundState {
  bot: { id: string; name: string; systemPrompt: string; knowledgeVersion: number; factsVersion: number };
  timeZone: string;
  language: ReplyLanguage | null;
  history: HistoryTurn[];
}

export interface PlaygroundMessage extends OutcomeColumns {
  id: number;
  direction: 'in' | 'out';
  text: string;
  mode: ReplyMode | null;
  reason: string | null;
  sources: Source[] | null;
  tookMs: number | null;
  aiTrace: StoredTrace | null;
  conversationId: string;
  choices: Choices | null;
  correction: Correction | null;
  createdAt: Date;
}

export interface PlaygroundTurn extends OutcomeColumns {
  text: string;
  reply: string;
  mode: ReplyMode;
  reason: string | null;
  sources: Source[];
  choices?: Choices;
  language: ReplyLanguage;
  tookMs: number;
  aiTrace: StoredTrace | null;
}

export interface SavedAnswer {
  conversationId: string;
  messageId: number;
}

const MAX_SHOWN = 100;
const MAX_HISTORY = 20;
const BOT = {
  id: true,
  name: true,
  systemPrompt: true,
  knowledgeVersion: true,
  facts: { select: { version: true, timeZone: true } },
  tenant: { select: { timeZone: true } },
} as const;
const SAMPLES = 3;
const OUTCOME = {
  aiStatus: true,
  aiMissing: true,
  aiModel: true,
  promptTokens: true,
  answerTokens: true,
  aiMs: true,
  costMicroUsd: true,
  aiTrace: true,
} as const;
const SHOWN = {
  id: true,
  direction: true,
  text: true,
  mode: true,
  reason: true,
  sources: true,
  tookMs: true,
  conversationId: true,
  choices: true,
  correction: true,
  createdAt: true,
  ...OUTCOME,
} as const;

/** Conversations without a connection, so no list of conversations shows them. */
export type Sample = { question: string } | { title: string };

export function createPlaygroundQueries({ database }: { database: Database }) {
  const { prisma } = database;
  async function botOf({ tenantId, botId }: Pick<PlaygroundOf, 'tenantId' | 'botId'>): Promise<PlaygroundBot | null> {
    const found = await prisma.bot.findFirst({ where: { tenantId, id: botId }, select: BOT });
    // Prisma reads relations by a second query, and the business may be deleted between the two.
    if (!found?.tenant) return null;
    const { facts, tenant, ...bot } = found;
    return { bot: { ...bot, factsVersion: facts?.version ?? 0 }, timeZone: facts?.timeZone ?? tenant.timeZone };
  }

  return {
    bot: botOf,

    /** Null when the bot is not the tenant's. */
    async state({ tenantId, botId, userId }: PlaygroundOf): Promise<PlaygroundState | null> {
      const found = await botOf({ tenantId, botId });
      if (!found) return null;
      const conversation = await prisma.conversation.findFirst({
        where: { tenantId, botId, id: conversationId({ botId, userId }) },
        select: {
          language: true,
          messages: { select: { text: true, direction: true, createdAt: true }, orderBy: { id: 'desc' }, take: MAX_HISTORY },
        },
      });
      const history = (conversation?.messages ?? []).reverse().map(({ text, direction, createdAt }): HistoryTurn => {
        return { role: direction === 'in' ? 'customer' : 'bot', text, at: createdAt };
      });
      return {
        ...found,
        language: (conversation?.language ?? null) as ReplyLanguage | null,
        history,
      };
    },

    /** Oldest first. */
    async messages({ tenantId, botId, userId }: PlaygroundOf): Promise<PlaygroundMessage[]> {
      const rows = await prisma.message.findMany({
        where: { tenantId, conversationId: conversationId({ botId, userId }) },
        orderBy: { id: 'desc' },
        take: MAX_SHOWN,
        select: SHOWN,
      });
      return rows.reverse().map((row) => ({ ...row, id: Number(row.id) }) as unknown as PlaygroundMessage);
    },

    /** The titles of the first entries. */
    /** What customers ask: golden questions, else the titles of the first entries. */
    samples: async ({ tenantId, botId }: Pick<PlaygroundOf, 'tenantId' | 'botId'>): Promise<Sample[]> => {
      const first = { orderBy: { createdAt: 'asc' }, take: SAMPLES } as const;
      const where = { tenantId, botId };
      const golden = await prisma.goldenQuestion.findMany({
        ...first,
        where: { ...where, origin: 'import' },
        select: { question: true },
      });
      if (golden.length > 0) return golden;
      return prisma.knowledgeEntry.findMany({ ...first, where: { ...where, hasBlanks: false }, select: { title: true } });
    },

    /** Saves nothing when the bot was deleted meanwhile. */
    async save({ tenantId, botId, userId }: PlaygroundOf, turn: PlaygroundTurn): Promise<SavedAnswer | null> {
      const sources = JSON.stringify(turn.sources);
      const id = conversationId({ botId, userId });
      const aiTrace = turn.aiTrace && JSON.stringify(turn.aiTrace);
      const choices = turn.choices ? JSON.stringify(turn.choices) : null;
      const row = { ...turn, aiTrace, choices, tenantId, botId, userId, conversationId: id, sources };
      const [saved] = await savePlaygroundTurn(database.sql, row);
      return saved ? { conversationId: id, messageId: saved.id } : null;
    },

    async reset({ tenantId, botId, userId }: PlaygroundOf): Promise<void> {
      await resetPlaygroundChat(database.sql, { tenantId, conversationId: conversationId({ botId, userId }) });
    },
  };
}

export type PlaygroundQueries = ReturnType<typeof createPlaygroundQueries>;

/** A UUID of version 8 from user and bot, so that two tabs cannot create two conversations. */
function conversationId({ botId, userId }: Pick<PlaygroundOf, 'botId' | 'userId'>): string {
  const hex = createHash('sha256').update(`playground:${botId}:${userId}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
