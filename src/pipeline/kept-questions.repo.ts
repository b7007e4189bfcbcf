import type { HistoryTurn } from '#core/message.ts';
import type { TurnMessage } from '#core/turn.ts';
import type { Sql } from '#platform/db/database.ts';
import { stoppedSql } from './stopped.sql.ts';
import type { NewReply, SavedReply, Turn } from './turn.ts';

/** A question that came when the plan had no answers left, with what was said before it. */
export interface KeptQuestion {
  messageId: number;
  messageIds: number[];
  messages: TurnMessage[];
  history: HistoryTurn[];
}

const HISTORY_ROWS = 24;

const OURS = 'EXISTS (SELECT 1 FROM conversations c WHERE c.id = $1 AND c.work_epoch = $2)';

/** $1: the conversation. What need not or must not be answered any more. */
const DROP = `UPDATE kept_questions k SET state = 'dropped', settled_at = now(), reason = d.reason
  FROM (SELECT q.message_id, CASE
      WHEN q.answer_until <= now() THEN 'too_old'
      WHEN c.silenced_until > now() OR EXISTS (SELECT 1 FROM messages o WHERE o.conversation_id = c.id AND o.id > q.message_id
        AND o.direction = 'out' AND o.mode = 'person') THEN 'person'
      WHEN EXISTS (SELECT 1 FROM messages o WHERE o.conversation_id = c.id AND o.id > q.message_id AND o.direction = 'out'
        AND o.mode IN ('ai', 'knowledge') AND o.status <> 'failed' AND o.follow_up_to_id IS NULL) THEN 'answered_since'
    END AS reason
    FROM kept_questions q JOIN conversations c ON c.id = q.conversation_id WHERE q.conversation_id = $1 AND q.state = 'waiting') d
  WHERE k.message_id = d.message_id AND k.state = 'waiting' AND d.reason IS NOT NULL
  RETURNING to_json(k.message_ids) AS "messageIds"`;

const NEXT = `SELECT k.message_id AS "messageId", to_json(k.message_ids) AS "messageIds",
    coalesce((SELECT json_agg(json_build_object('id', m.id, 'externalId', m.external_id, 'kind', m.kind, 'text', m.text,
      'attachment', m.attachment) ORDER BY m.id) FROM messages m WHERE m.id = ANY(k.message_ids)), '[]') AS messages,
    coalesce((SELECT json_agg(json_build_object('role', CASE direction WHEN 'in' THEN 'customer' ELSE 'bot' END, 'text', text) ORDER BY id)
      FROM (SELECT id, direction, text, status FROM messages
        WHERE conversation_id = k.conversation_id AND id < k.message_ids[1] ORDER BY id DESC LIMIT ${HISTORY_ROWS}) recent
      WHERE text <> '' AND status IN ('answered', 'sent', 'delivered', 'read')), '[]') AS history
  FROM kept_questions k WHERE k.conversation_id = $1 AND k.state = 'waiting' ORDER BY k.message_id LIMIT 1`;

// The question is taken and its answer written down together: once, whoever else is at it. The bot has answered after all,
// so what waited for a person only for want of an answer waits no more.
const SAVE = `
  WITH ours AS MATERIALIZED (
    SELECT c.id, c.tenant_id, c.connection_id, ${stoppedSql('n', 't')} AS stopped
    FROM conversations c JOIN connections n ON n.id = c.connection_id JOIN tenants t ON t.id = c.tenant_id
    WHERE c.id = $1 AND c.work_epoch = $2 FOR NO KEY UPDATE OF c),
  taken AS (
    UPDATE kept_questions k SET state = 'answered', settled_at = now() FROM ours o
    WHERE NOT o.stopped AND k.conversation_id = o.id AND k.message_id = $3 AND k.state = 'waiting' RETURNING k.message_id),
  served AS (
    UPDATE conversations c SET needs_person_at = NULL, needs_person_why = NULL FROM ours o
    WHERE c.id = o.id AND c.needs_person_why = 'no_answer' AND EXISTS (SELECT 1 FROM taken) AND NOT EXISTS (
      SELECT 1 FROM kept_questions k WHERE k.conversation_id = o.id AND k.state = 'waiting' AND k.message_id <> $3)),
  saved AS (
    INSERT INTO messages (tenant_id, conversation_id, connection_id, customer_id, direction, kind, text, status, mode, sources,
      follow_up_to_id, charged_month)
    SELECT o.tenant_id, o.id, o.connection_id, $4, 'out', 'text', $5, 'sending', 'ai', $6, t.message_id, $7
    FROM ours o, taken t RETURNING id)
  SELECT id FROM saved UNION ALL SELECT NULL FROM ours WHERE stopped`;

// Beyond the plan nothing is answered at all: what came there is kept just so.
const KEEP = `INSERT INTO kept_questions (message_id, tenant_id, conversation_id, message_ids, answer_until)
  SELECT m.id, m.tenant_id, m.conversation_id, $3::bigint[], m.created_at + $4::bigint * interval '1 ms' FROM messages m
  WHERE m.id = $5 AND ${OURS} ON CONFLICT DO NOTHING`;

const SETTLE = `UPDATE kept_questions SET state = 'dropped', reason = $2, settled_at = now()
  WHERE message_id = $1 AND state = 'waiting'`;

/** Questions that wait for the plan to have answers again. The turn's epoch fences every write. */
export function createKeptQuestions({ sql }: { sql: Sql }) {
  return {
    /** Drops what has become moot; gives the messages whose charge, if any, is to be given back. */
    async dropMoot({ conversationId }: Turn): Promise<number[]> {
      const { rows } = await sql.query<{ messageIds: number[] }>(DROP, [conversationId]);
      return rows.flatMap(({ messageIds }) => messageIds);
    },

    /** The oldest. */
    next: async ({ conversationId }: Turn): Promise<KeptQuestion | null> =>
      (await sql.query<KeptQuestion & Record<string, unknown>>(NEXT, [conversationId])).rows[0] ?? null,

    /** Null also when the question is no longer ours. */
    async saveFollowUp(turn: Turn, question: KeptQuestion, reply: NewReply, month: string | null): Promise<SavedReply> {
      const text = reply.text.replaceAll('\u0000', '').toWellFormed();
      const sources = reply.sources.length > 0 ? JSON.stringify(reply.sources) : null;
      const values = [turn.conversationId, turn.epoch, question.messageId, turn.customerId, text, sources, month];
      const { rows } = await sql.query<{ id: number | null }>(SAVE, values);
      const [saved] = rows;
      if (saved?.id === null) return 'stopped';
      return saved ? { id: saved.id, text, status: 'sending', mode: 'ai', sentParts: 0, externalId: null, ageMs: 0 } : null;
    },

    async keep({ conversationId, epoch }: Turn, messageIds: number[], forMs: number): Promise<void> {
      await sql.query(KEEP, [conversationId, epoch, messageIds, forMs, messageIds.at(-1)]);
    },

    async drop({ messageId }: KeptQuestion, reason: 'nothing_to_ask'): Promise<void> {
      await sql.query(SETTLE, [messageId, reason]);
    },
  };
}

export type KeptQuestions = ReturnType<typeof createKeptQuestions>;
