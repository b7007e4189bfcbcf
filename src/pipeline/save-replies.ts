import type { ReplyLanguage } from '#core/languages.ts';
import type { Sql } from '#platform/db/database.ts';
import { retryOnConflict } from '#platform/db/retry.ts';
import { stoppedSql } from './stopped.sql.ts';
import type { NewReply, SavedReply, Turn } from './turn.ts';

export interface ReplyToSave {
  turn: Turn;
  /** The messages it answers, oldest first. */
  messageIds: number[];
  reply: NewReply;
  language: ReplyLanguage;
  languageChosen: boolean;
  /** The month its AI answer was charged to; null when it was not. */
  chargedMonth: string | null;
  needsPerson: 'asked' | 'no_answer' | null;
  /** How long the question is kept for the AI, in ms after it was asked; null: it is not. */
  keepMs: number | null;
}

/** Saves replies as `sending`, before anything is sent, and marks what they answer: one statement for all. */
export async function saveReplies(sql: Sql, replies: ReplyToSave[]): Promise<SavedReply[]> {
  const values = [replies.map((reply) => JSON.stringify(rowOf(reply)))];
  const { rows } = await retryOnConflict(() => sql.query<Saved>({ name: 'save-replies', text: SAVE, values }));
  const byMessage = new Map(rows.map((row) => [row.replyTo, row]));
  return replies.map(({ messageIds, reply }) => {
    const saved = byMessage.get(messageIds.at(-1) as number);
    if (saved?.id === null) return 'stopped';
    return saved
      ? {
          id: saved.id,
          text: reply.text,
          status: 'sending',
          mode: reply.mode,
          sentParts: 0,
          externalId: null,
          ageMs: saved.ageMs,
        }
      : null;
  });
}

/** `id` null: stopped. */
interface Saved {
  id: number | null;
  replyTo: number;
  ageMs: number;
}

const rowOf = ({ turn, messageIds, reply, ...rest }: ReplyToSave) => ({
  conversation_id: turn.conversationId,
  epoch: turn.epoch,
  customer_id: turn.customerId,
  message_ids: messageIds,
  reply_to: messageIds.at(-1),
  first_id: messageIds[0],
  // Postgres has no NUL in text, and half a surrogate pair is no text.
  body: reply.text.replaceAll('\u0000', '').toWellFormed(),
  mode: reply.mode,
  reason: reply.reason,
  sources: reply.sources.length > 0 ? reply.sources : null,
  language: rest.language,
  language_chosen: rest.languageChosen,
  charged: rest.chargedMonth,
  needs_person: rest.needsPerson,
  keep_ms: rest.keepMs,
});

// The status is compared as text, so that the index of all that is unanswered does not seem shorter than the way by the ids.
const SAVE = `
  WITH input AS (
    SELECT x.* FROM unnest($1::json[]) AS row CROSS JOIN LATERAL json_to_record(row) AS x(conversation_id uuid, epoch int,
      customer_id uuid, message_ids bigint[], reply_to bigint, first_id bigint, body text, mode text, reason text, sources jsonb,
      language text, language_chosen boolean, charged date, needs_person text, keep_ms bigint)),
  locked AS MATERIALIZED (
    SELECT c.id, c.tenant_id, c.connection_id, ${stoppedSql('n', 'te')} AS stopped
    FROM conversations c JOIN input i ON i.conversation_id = c.id AND i.epoch = c.work_epoch
      JOIN connections n ON n.id = c.connection_id JOIN tenants te ON te.id = c.tenant_id
    ORDER BY c.connection_id, c.chat_id FOR NO KEY UPDATE OF c),
  ours AS (SELECT i.*, l.tenant_id, l.connection_id FROM input i JOIN locked l ON l.id = i.conversation_id WHERE NOT l.stopped),
  answered AS (
    UPDATE messages SET status = 'answered'
    WHERE id = ANY(ARRAY(SELECT unnest(message_ids) FROM ours)) AND status::text = 'received'),
  noted AS (
    UPDATE conversations c SET language = o.language, language_chosen = o.language_chosen,
      needs_person_at = CASE WHEN o.needs_person IS NULL THEN c.needs_person_at ELSE coalesce(c.needs_person_at, now()) END,
      needs_person_why = CASE WHEN o.needs_person = 'asked' OR c.needs_person_why IS NULL THEN coalesce(o.needs_person, c.needs_person_why)
        ELSE c.needs_person_why END
    FROM ours o WHERE c.id = o.conversation_id
      AND (o.needs_person IS NOT NULL OR (c.language, c.language_chosen) IS DISTINCT FROM (o.language, o.language_chosen))),
  saved AS (
    INSERT INTO messages (tenant_id, conversation_id, connection_id, customer_id, direction, kind, text, status, mode, reason, sources,
      reply_to_id, charged_month)
    SELECT tenant_id, conversation_id, connection_id, customer_id, 'out', 'text', body, 'sending', mode, reason, sources, reply_to, charged
    FROM ours ON CONFLICT (reply_to_id) WHERE direction = 'out' DO NOTHING
    RETURNING id, reply_to_id),
  kept AS (
    INSERT INTO kept_questions (message_id, tenant_id, conversation_id, message_ids, answer_until)
    SELECT s.reply_to_id, o.tenant_id, o.conversation_id, o.message_ids, q.created_at + o.keep_ms * interval '1 ms'
    FROM saved s JOIN ours o ON o.reply_to = s.reply_to_id JOIN messages q ON q.id = s.reply_to_id WHERE o.keep_ms IS NOT NULL
    ON CONFLICT DO NOTHING)
  SELECT s.id, s.reply_to_id AS "replyTo", (extract(epoch FROM now() - q.created_at) * 1000)::bigint AS "ageMs"
  FROM saved s JOIN ours o ON o.reply_to = s.reply_to_id JOIN messages q ON q.id = o.first_id
  UNION ALL SELECT NULL, i.reply_to, 0 FROM input i JOIN locked l ON l.id = i.conversation_id WHERE l.stopped`;
