import { type Sql, UNHURRIED_SQL } from '#platform/db/database.ts';
import { retryOnConflict } from '#platform/db/retry.ts';
import { stoppedSql } from './stopped.sql.ts';
import type { Turn } from './turn.ts';

/** Which job begins a turn: of its reply, saved by an earlier try, only what is younger than `messageId` counts, or is that
 * message itself: a person's, to be sent. */
export interface TurnStart {
  conversationId: string;
  messageId: number;
}

/** The most unanswered messages read at once; after a flood the next turn reads on. */
export const MAX_WAITING = 50;
// Rows of the conversation the prompt may look back on: about twelve turns.
const HISTORY_ROWS = 24;

/** pipeline: charges in the same statement what is surely asked. */
export type ChargeAhead = (source: string, firstParameter: number) => { sql: string; values: number[] };

/**
 * Begins turns: one statement for all of them. It does not wait for the disk: what must last is saved after it, and takes it
 * along. Each conversation's epoch goes up, which locks out whoever worked on it before. Null where the conversation is gone.
 * `chargeAhead` null: nothing is charged.
 */
export function createTurnBeginner(sql: Sql, chargeAhead: ChargeAhead | null) {
  const ahead = chargeAhead?.('chargeable', 3);
  const statement = {
    name: ahead ? 'begin-turns-charged' : 'begin-turns',
    text: begin(ahead?.sql ?? 'charged AS (SELECT NULL::uuid AS conversation_id, NULL::text AS month WHERE false)'),
  };

  return async (starts: TurnStart[]): Promise<(Turn | null)[]> => {
    const ids = starts.map(({ conversationId }) => conversationId);
    const values = [ids, starts.map(({ messageId }) => messageId), ...(ahead?.values ?? [])];
    const { rows } = await retryOnConflict(() => sql.query<Turn>({ ...statement, values }));
    const byId = new Map(rows.map((row) => [row.conversationId, row]));
    return ids.map((id) => byId.get(id) ?? null);
  };
}

// What is answered by a sentence of ours is not charged ahead (core/decide-reply); should one slip through, it is given back.
const NO_COMMAND = "u.text !~* '^\\s*/?(start|stop|стоп)' AND u.text ~ '\\S'";

// Only replies have these statuses. Asked for their direction too, the planner reads the whole index of replies while it believes
// the table to be empty.
const OPEN_REPLY = "o.conversation_id = t.id AND o.id >= s.message_id AND o.status IN ('pending', 'sending')";

// Only what came in is ever 'received': asked for its direction too, the planner would read the whole index of what came in.
const begin = (charge: string): string => `
  WITH start AS (SELECT * FROM unnest($1::uuid[], $2::bigint[]) AS s(conversation_id, message_id)),
  locked AS MATERIALIZED (
    SELECT id FROM conversations WHERE id = ANY($1) ORDER BY (connection_id, chat_id) FOR NO KEY UPDATE),
  turn AS (
    UPDATE conversations c SET work_epoch = work_epoch + 1 WHERE c.id = ANY(ARRAY(SELECT id FROM locked)) RETURNING c.*),
  unanswered AS MATERIALIZED (
    SELECT t.id AS conversation_id, w.* FROM turn t CROSS JOIN LATERAL (
      SELECT json_agg(json_build_object('id', m.id, 'externalId', m.external_id, 'kind', m.kind, 'text', m.text,
        'attachment', m.attachment) ORDER BY m.id) AS waiting, (array_agg(m.customer_id ORDER BY m.id DESC))[1] AS sender_id,
        count(*) AS messages, min(m.id) AS message_id, min(m.kind::text) AS kind, min(m.text) AS text
      FROM (SELECT * FROM messages WHERE conversation_id = t.id AND status = 'received'
        ORDER BY id + 0 LIMIT ${MAX_WAITING}) m) w),
  chargeable AS (
    SELECT t.id AS conversation_id, t.tenant_id, u.message_id, u.sender_id AS customer_id
    FROM turn t JOIN unanswered u ON u.conversation_id = t.id JOIN start s ON s.conversation_id = t.id
      JOIN connections n ON n.id = t.connection_id JOIN tenants te ON te.id = t.tenant_id
    WHERE u.messages = 1 AND u.kind = 'text' AND ${NO_COMMAND}
      AND NOT ${stoppedSql('n', 'te')} AND coalesce(t.silenced_until <= now(), true)
      AND (SELECT o.id FROM messages o WHERE ${OPEN_REPLY} ORDER BY o.id LIMIT 1) IS NULL),
  ${charge}
  SELECT t.id AS "conversationId", t.work_epoch AS epoch, t.tenant_id AS "tenantId",
    json_build_object('id', b.id, 'name', b.name, 'systemPrompt', b.system_prompt, 'greeting', b.greeting,
      'knowledgeVersion', b.knowledge_version) AS bot,
    json_build_object('id', n.id, 'tenantId', n.tenant_id, 'platform', n.platform, 'sealedSecrets', n.sealed_secrets) AS connection,
    ${stoppedSql('n', 'te')} AS stopped,
    (n.enabled AND te.suspended_at IS NULL AND coalesce(n.failure_reason = 'plan_limit', false) AND coalesce(t.silenced_until <= now(), true)) AS "beyondPlan",
    coalesce(t.silenced_until > now(), false) AS silenced,
    last_sender.id AS "customerId",
    coalesce(nullif(concat_ws(' ', last_sender.first_name, last_sender.last_name), ''), last_sender.username, '') AS "customerName",
    t.chat_id AS "chatId", t.language, t.language_chosen AS "languageChosen", last_sender.language AS "customerLanguage",
    t.needs_person_at IS NOT NULL AS "needsPerson",
    coalesce(u.waiting, '[]') AS waiting, coalesce(h.history, '[]') AS history, r.reply,
    c.month AS "chargedMonth"
  FROM ${UNHURRIED_SQL} CROSS JOIN turn t JOIN start s ON s.conversation_id = t.id JOIN unanswered u ON u.conversation_id = t.id
    JOIN bots b ON b.id = t.bot_id JOIN connections n ON n.id = t.connection_id JOIN tenants te ON te.id = t.tenant_id
    LEFT JOIN charged c ON c.conversation_id = t.id
    LEFT JOIN customers last_sender ON last_sender.id = coalesce(u.sender_id, t.customer_id)
    LEFT JOIN LATERAL (
      SELECT json_agg(json_build_object('role', CASE direction WHEN 'in' THEN 'customer' ELSE 'bot' END, 'text', text) ORDER BY id) AS history
      FROM (SELECT id, direction, text, status FROM messages WHERE conversation_id = t.id ORDER BY id DESC LIMIT ${HISTORY_ROWS}) recent
      WHERE text <> '' AND status IN ('answered', 'sent', 'delivered', 'read')) h ON true
    LEFT JOIN LATERAL (
      SELECT json_build_object('id', o.id, 'text', o.text, 'status', o.status, 'mode', o.mode, 'sentParts', o.sent_parts,
        'externalId', o.external_id, 'ageMs', (extract(epoch FROM now() - coalesce(q.created_at, o.created_at)) * 1000)::bigint,
        'customerAgeMs', CASE WHEN o.reply_to_id IS NULL THEN (SELECT (extract(epoch FROM now() - i.created_at) * 1000)::bigint
          FROM messages i WHERE i.conversation_id = t.id AND i.direction = 'in' ORDER BY i.id DESC LIMIT 1) END) AS reply
      FROM messages o LEFT JOIN messages q ON q.id = o.reply_to_id
      WHERE ${OPEN_REPLY}
      ORDER BY o.id LIMIT 1) r ON true`;
