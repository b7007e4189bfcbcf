import { createHash } from 'node:crypto';
import type { ReplyLanguage } from '#core/languages.ts';
import type { HistoryTurn, ReplyMode, Source } from '#core/message.ts';
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

const SAVE = `WITH conversation AS (
    INSERT INTO conversations (id, tenant_id, bot_id, chat_id, language)
    SELECT $3, b.tenant_id, b.id, $4, $5 FROM bots b WHERE b.tenant_id = $1 AND b.id = $2
    ON CONFLICT (id) DO UPDATE SET language = excluded.language, last_message_at = now()
    RETURNING id, tenant_id),
  question AS (
    INSERT INTO messages (tenant_id, conversation_id, direction, kind, text, status)
    SELECT tenant_id, id, 'in', 'text', $6, 'answered' FROM conversation RETURNING id, tenant_id, conversation_id)
  INSERT INTO messages (tenant_id, conversation_id, direction, kind, text, status, mode, reason, sources, reply_to_id, took_ms, sent_at)
  SELECT tenant_id, conversation_id, 'out', 'text', $7, 'sent', $8, $9, $10::jsonb, id, $11, now() FROM question`;

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
      const { text, reply, mode, reason, sources, language, tookMs } = turn;
      const id = conversationId({ botId, userId });
      await sql.query(SAVE, [tenantId, botId, id, userId, language, text, reply, mode, reason, JSON.stringify(sources), tookMs]);
    },

    async reset({ tenantId, botId, userId }: PlaygroundOf): Promise<void> {
      const text = 'DELETE FROM conversations WHERE tenant_id = $1 AND id = $2 AND connection_id IS NULL';
      await sql.query(text, [tenantId, conversationId({ botId, userId })]);
    },
  };
}

export type PlaygroundRepo = ReturnType<typeof createPlaygroundRepo>;

/** One per person and bot by construction (a UUID of version 8): two tabs at once cannot make two conversations. */
function conversationId({ botId, userId }: Pick<PlaygroundOf, 'botId' | 'userId'>): string {
  const hex = createHash('sha256').update(`playground:${botId}:${userId}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
