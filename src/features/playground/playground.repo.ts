import { createHash } from 'node:crypto';
import type { ReplyLanguage } from '#core/languages.ts';
import type { HistoryTurn, ReplyMode, Source } from '#core/message.ts';
import { resetPlaygroundChat, savePlaygroundTurn } from '#pipeline/playground-chat.ts';
import type { Database } from '#platform/db/database.ts';

/** Whose playground: each person has one conversation with each bot. */
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

const SHOWN = 100;
const HISTORY = 20;

const STATE = `SELECT b.id, b.name, b.system_prompt AS "systemPrompt", b.knowledge_version AS "knowledgeVersion", c.language,
    coalesce((SELECT json_agg(h ORDER BY h.id) FROM (SELECT m.id, m.text, CASE m.direction WHEN 'in' THEN 'customer' ELSE 'bot' END AS role
      FROM messages m WHERE m.conversation_id = c.id ORDER BY m.id DESC LIMIT ${HISTORY}) h), '[]') AS history
  FROM bots b LEFT JOIN conversations c ON c.id = $3 AND c.tenant_id = b.tenant_id AND c.bot_id = b.id
  WHERE b.tenant_id = $1 AND b.id = $2`;

const MESSAGES = `SELECT id, direction, text, mode, reason, sources, took_ms AS "tookMs", created_at AS "createdAt"
  FROM messages WHERE tenant_id = $1 AND conversation_id = $2 ORDER BY id DESC LIMIT ${SHOWN}`;

/** Playground conversations: rows like the customers', without a connection, so that no list of conversations shows them. */
export function createPlaygroundRepo({ database }: { database: Database }) {
  const { sql } = database;
  return {
    /** Null when the bot is not the tenant's. */
    async state({ tenantId, botId, userId }: PlaygroundOf): Promise<PlaygroundState | null> {
      type Row = PlaygroundState['bot'] & Omit<PlaygroundState, 'bot'>;
      const { rows } = await sql.query<Row>(STATE, [tenantId, botId, conversationId({ botId, userId })]);
      const [row] = rows;
      if (!row) return null;
      const { language, history, ...bot } = row;
      return { bot, language, history: history.map(({ role, text }) => ({ role, text })) };
    },

    /** The latest, oldest first. */
    async messages({ tenantId, botId, userId }: PlaygroundOf): Promise<PlaygroundMessage[]> {
      const { rows } = await sql.query<PlaygroundMessage>(MESSAGES, [tenantId, conversationId({ botId, userId })]);
      return rows.reverse();
    },

    async knowsAnything({ tenantId, botId }: Pick<PlaygroundOf, 'tenantId' | 'botId'>): Promise<boolean> {
      const text = 'SELECT 1 FROM knowledge_entries WHERE tenant_id = $1 AND bot_id = $2 LIMIT 1';
      return (await sql.query(text, [tenantId, botId])).rowCount === 1;
    },

    /** Keeps a question and its answer; nothing when the bot is gone meanwhile. */
    async save({ tenantId, botId, userId }: PlaygroundOf, turn: PlaygroundTurn): Promise<void> {
      const sources = JSON.stringify(turn.sources);
      await savePlaygroundTurn(sql, {
        ...turn,
        tenantId,
        botId,
        userId,
        conversationId: conversationId({ botId, userId }),
        sources,
      });
    },

    async reset({ tenantId, botId, userId }: PlaygroundOf): Promise<void> {
      await resetPlaygroundChat(sql, { tenantId, conversationId: conversationId({ botId, userId }) });
    },
  };
}

export type PlaygroundRepo = ReturnType<typeof createPlaygroundRepo>;

/** One per person and bot by construction (a UUID of version 8): two tabs at once cannot make two conversations. */
function conversationId({ botId, userId }: Pick<PlaygroundOf, 'botId' | 'userId'>): string {
  const hex = createHash('sha256').update(`playground:${botId}:${userId}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
