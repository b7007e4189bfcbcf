import type { ChannelKind } from '#core/message.ts';
import { resolveConversation } from '#pipeline/conversation-marks.ts';
import type { Database } from '#platform/db/database.ts';
import type { Cursor } from '#web/paging.ts';
import { VERSION_SQL } from './conversation-versions.read.ts';

/** One line of the list. */
export interface ConversationSummary {
  id: string;
  botId: string;
  botName: string;
  platform: ChannelKind;
  customerName: string | null;
  username: string | null;
  needsPersonAt: Date | null;
  needsPersonWhy: 'asked' | 'no_answer' | 'wrote' | null;
  /** A person answers, here or in the platform's app: the bot leaves the conversation to them until then. */
  silencedUntil: Date | null;
  lastMessageAt: Date;
  lastText: string | null;
  lastKind: string | null;
  lastDirection: 'in' | 'out' | null;
  lastMode: string | null;
}

/** The head of a conversation's page. */
export interface ConversationHead extends Omit<ConversationSummary, 'lastText' | 'lastKind' | 'lastDirection' | 'lastMode'> {
  language: string | null;
  isGroup: boolean;
  unreachableAt: Date | null;
  /** The owner lets the connection work, and the plan covers it. */
  connectionOn: boolean;
  lastCustomerMessageAt: Date | null;
  createdAt: Date;
  /** Another one as soon as its page shows anything else; read before the messages, so that none is missed. */
  version: string;
}

export interface ConversationFilter {
  /** Null: all bots. */
  botId: string | null;
  /** Part of the customer's name or username. */
  q: string;
  waitingOnly: boolean;
  /** Those a person answers. */
  takenOnly: boolean;
  after: Cursor | null;
}

export const PAGE_SIZE = 30;
const PREVIEW_CHARS = 140;

const NAME = `nullif(trim(concat_ws(' ', u.first_name, u.last_name)), '')`;
const HEAD = `c.id, c.bot_id AS "botId", b.name AS "botName", n.platform, ${NAME} AS "customerName", u.username,
  c.needs_person_at AS "needsPersonAt", c.needs_person_why AS "needsPersonWhy", c.last_message_at AS "lastMessageAt",
  CASE WHEN c.silenced_until > now() THEN c.silenced_until END AS "silencedUntil"`;
const FROM = `FROM conversations c JOIN bots b ON b.id = c.bot_id JOIN connections n ON n.id = c.connection_id
  LEFT JOIN customers u ON u.id = c.customer_id`;

// The page is cut before the last messages are looked up: one index probe per line shown, not per conversation.
const LIST = `SELECT page.*, m.text AS "lastText", m.kind AS "lastKind", m.direction AS "lastDirection", m.mode AS "lastMode" FROM (
    SELECT ${HEAD} ${FROM}
    WHERE c.tenant_id = $1 AND ($2::uuid IS NULL OR c.bot_id = $2)
      AND ($3 = '' OR concat_ws(' ', u.first_name, u.last_name, u.username) ILIKE $3)
      AND (NOT $4 OR c.needs_person_at IS NOT NULL)
      AND (NOT $7 OR c.silenced_until > now())
      AND ($5::timestamptz IS NULL OR (c.last_message_at, c.id) < ($5, $6::uuid))
    ORDER BY c.last_message_at DESC, c.id DESC LIMIT ${PAGE_SIZE + 1}) page
  LEFT JOIN LATERAL (SELECT left(text, ${PREVIEW_CHARS}) AS text, kind, direction, mode FROM messages
    WHERE conversation_id = page.id ORDER BY id DESC LIMIT 1) m ON true
  ORDER BY page."lastMessageAt" DESC, page.id DESC`;

const FIND = `SELECT ${HEAD}, c.language, c.is_group AS "isGroup", u.unreachable_at AS "unreachableAt", c.created_at AS "createdAt",
    (n.enabled AND n.failure_reason IS DISTINCT FROM 'plan_limit') AS "connectionOn",
    (SELECT created_at FROM messages WHERE conversation_id = c.id AND direction = 'in' ORDER BY id DESC LIMIT 1) AS "lastCustomerMessageAt",
    ${VERSION_SQL} AS version
  ${FROM}
  WHERE c.tenant_id = $1 AND ($2::uuid IS NULL OR c.bot_id = $2) AND c.id = $3`;

/** Customers' conversations as pages show them. The playground's, which have no connection, are never among them. */
export function createConversationsRepo({ database }: { database: Database }) {
  const { sql } = database;
  return {
    /** One page, newest first, and one line more when there is another page. */
    async list(
      tenantId: string,
      { botId, q, waitingOnly, takenOnly, after }: ConversationFilter,
    ): Promise<ConversationSummary[]> {
      const values = [
        tenantId,
        botId,
        q === '' ? '' : containing(q),
        waitingOnly,
        after?.at ?? null,
        after?.id ?? null,
        takenOnly,
      ];
      return (await sql.query<ConversationSummary>(LIST, values)).rows;
    },

    /** `botId` null: of any bot of the tenant. */
    async find(tenantId: string, botId: string | null, id: string): Promise<ConversationHead | null> {
      return (await sql.query<ConversationHead>(FIND, [tenantId, botId, id])).rows[0] ?? null;
    },

    /** The conversation needs no person any more. False when there is no such conversation. */
    resolve: (tenantId: string, botId: string, conversationId: string): Promise<boolean> =>
      resolveConversation(sql, { tenantId, botId, conversationId }),
  };
}

export type ConversationsRepo = ReturnType<typeof createConversationsRepo>;

const containing = (q: string): string => `%${q.replace(/[\\%_]/g, '\\$&')}%`;
