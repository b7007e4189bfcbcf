import type { Attachment, MessageKind, ReplyMode, Source } from '#core/message.ts';
import { WRITTEN_BY_SQL } from '#pipeline/written-by.sql.ts';
import type { Database } from '#platform/db/database.ts';

/** One message as the conversation's page shows it. */
export interface MessageLine {
  id: number;
  direction: 'in' | 'out';
  kind: MessageKind;
  text: string;
  attachment: Attachment | null;
  status: string;
  mode: ReplyMode | null;
  reason: string | null;
  sources: Source[] | null;
  tookMs: number | null;
  createdAt: Date;
  /** Of an answer: the customer's words it answers. */
  question: string | null;
  /** Of an answer without the AI, when the plan had no answers left: what became of the question. */
  kept: 'waiting' | 'answered' | 'dropped' | null;
  /** Of a person's message: the name of who wrote it here, where that is known. */
  writtenBy: string | null;
}

export const MESSAGES_PER_PAGE = 50;

const PAGE = `SELECT m.id, m.direction, m.kind, m.text, m.attachment, m.status, m.mode, m.reason, m.sources, m.took_ms AS "tookMs",
    m.created_at AS "createdAt", q.text AS question, k.state AS kept,
    (SELECT username FROM users WHERE id = ${WRITTEN_BY_SQL}) AS "writtenBy"
  FROM messages m LEFT JOIN messages q ON q.id = coalesce(m.reply_to_id, m.follow_up_to_id) AND q.conversation_id = m.conversation_id
    LEFT JOIN kept_questions k ON k.message_id = coalesce(m.reply_to_id, CASE WHEN m.status = 'ignored' THEN m.id END)
  WHERE m.tenant_id = $1 AND m.conversation_id = $2 AND ($3::bigint IS NULL OR m.id < $3)
  ORDER BY m.id DESC LIMIT ${MESSAGES_PER_PAGE + 1}`;

/** The newest messages before `beforeId` (null: of all), oldest first, and whether there are earlier ones. */
export function createMessagesRead({ database }: { database: Database }) {
  return async (tenantId: string, conversationId: string, beforeId: number | null) => {
    const { rows } = await database.sql.query<MessageLine>(PAGE, [tenantId, conversationId, beforeId]);
    return { messages: rows.slice(0, MESSAGES_PER_PAGE).reverse(), hasEarlier: rows.length > MESSAGES_PER_PAGE };
  };
}

export type MessagesRead = ReturnType<typeof createMessagesRead>;
