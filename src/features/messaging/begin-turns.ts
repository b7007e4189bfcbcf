import { type Sql, UNHURRIED_SQL } from '#platform/db/database.ts';
import { retryOnConflict } from '#platform/db/retry.ts';
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

/**
 * Begins turns: one statement for all of them. It does not wait for the disk: what must last is saved after it, and takes it
 * along. Each conversation's epoch goes up, which locks out whoever worked on it before. Null where the conversation is gone.
 */
export async function beginTurns(sql: Sql, starts: TurnStart[]): Promise<(Turn | null)[]> {
  const values = [starts.map(({ conversationId }) => conversationId), starts.map(({ messageId }) => messageId)];
  const { rows } = await retryOnConflict(() => sql.query<Turn>({ name: 'begin-turns', text: BEGIN, values }));
  const byId = new Map(rows.map((row) => [row.conversationId, row]));
  return starts.map(({ conversationId }) => byId.get(conversationId) ?? null);
}

const BEGIN = `
  WITH start AS (SELECT * FROM unnest($1::uuid[], $2::bigint[]) AS s(conversation_id, message_id)),
  locked AS MATERIALIZED (
    SELECT id FROM conversations WHERE id = ANY($1) ORDER BY connection_id, chat_id FOR NO KEY UPDATE),
  turn AS (
    UPDATE conversations c SET work_epoch = work_epoch + 1 FROM locked l WHERE c.id = l.id RETURNING c.*)
  SELECT t.id AS "conversationId", t.work_epoch AS epoch, t.tenant_id AS "tenantId",
    json_build_object('id', b.id, 'name', b.name, 'systemPrompt', b.system_prompt, 'greeting', b.greeting,
      'knowledgeVersion', b.knowledge_version) AS bot,
    json_build_object('id', n.id, 'tenantId', n.tenant_id, 'platform', n.platform, 'sealedSecrets', n.sealed_secrets) AS connection,
    (NOT n.enabled OR te.suspended_at IS NOT NULL OR coalesce(n.failure_reason = 'plan_limit', false)) AS stopped,
    (n.enabled AND te.suspended_at IS NULL AND coalesce(n.failure_reason = 'plan_limit', false) AND coalesce(t.silenced_until <= now(), true)) AS "beyondPlan",
    coalesce(t.silenced_until > now(), false) AS silenced,
    last_sender.id AS "customerId",
    coalesce(nullif(concat_ws(' ', last_sender.first_name, last_sender.last_name), ''), last_sender.username, '') AS "customerName",
    t.chat_id AS "chatId", t.language, t.language_chosen AS "languageChosen", last_sender.language AS "customerLanguage",
    t.needs_person_at IS NOT NULL AS "needsPerson",
    coalesce(w.waiting, '[]') AS waiting, coalesce(h.history, '[]') AS history, r.reply
  FROM ${UNHURRIED_SQL} CROSS JOIN turn t JOIN start s ON s.conversation_id = t.id
    JOIN bots b ON b.id = t.bot_id JOIN connections n ON n.id = t.connection_id JOIN tenants te ON te.id = t.tenant_id
    LEFT JOIN LATERAL (
      SELECT json_agg(json_build_object('id', m.id, 'externalId', m.external_id, 'kind', m.kind, 'text', m.text,
        'attachment', m.attachment) ORDER BY m.id) AS waiting, (array_agg(m.customer_id ORDER BY m.id DESC))[1] AS sender_id
      FROM (SELECT * FROM messages WHERE conversation_id = t.id AND direction = 'in' AND status = 'received'
        ORDER BY id LIMIT ${MAX_WAITING}) m) w ON true
    LEFT JOIN customers last_sender ON last_sender.id = coalesce(w.sender_id, t.customer_id)
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
      WHERE o.conversation_id = t.id AND o.id >= s.message_id AND o.direction = 'out' AND o.status IN ('pending', 'sending')
      ORDER BY o.id LIMIT 1) r ON true`;
