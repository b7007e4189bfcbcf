import { NEXT_EPOCH_SQL, SILENCE_MINUTES } from '#core/silence.ts';
import type { Database, Sql } from '#platform/db/database.ts';
import { notifySql } from '#platform/db/notifications.ts';
import { WRITTEN_BY_SQL } from './written-by.sql.ts';

/** Names a customer's conversation, as it is looked for. */
export type Place = [tenantId: string, botId: string, id: string];

/** What became of a person's words. */
export interface Said {
  /** Null: nothing is sent. */
  messageId: number | null;
  ended: Ended;
  /** Of words that go out again: who wrote them, where that is known. */
  writtenBy?: string | null;
}

/** What a person put an end to: customers' messages the bot would have answered, whose charges are to be given back. */
export type Ended = number[];

// Longer ago than this nobody waits for the bot's answer any more.
const ANSWERED_ON_RETURN_HOURS = 24;

const LOCK = `SELECT id FROM conversations WHERE tenant_id = $1 AND bot_id = $2 AND id = $3 AND connection_id IS NOT NULL FOR UPDATE`;

const SILENCE = `UPDATE conversations c SET silenced_until = greatest(c.silenced_until, now() + interval '${SILENCE_MINUTES} minutes'),
  work_epoch = ${NEXT_EPOCH_SQL} WHERE c.id = $1`;

const KEEP = `INSERT INTO messages (tenant_id, conversation_id, connection_id, customer_id, direction, kind, text, status, mode, draft_hash)
  SELECT tenant_id, id, connection_id, customer_id, 'out', 'text', $2, 'pending', 'person', $3 FROM conversations WHERE id = $1
  ON CONFLICT (conversation_id, draft_hash) WHERE draft_hash IS NOT NULL DO NOTHING
  RETURNING id AS message_id, conversation_id, connection_id`;

// The id orders a conversation: what goes out again stands, and is sent, after what was said meanwhile.
const AGAIN = `UPDATE messages SET id = nextval(pg_get_serial_sequence('messages', 'id')), created_at = now(), status = 'pending', reason = NULL
  WHERE conversation_id = $1 AND id = $2 AND direction = 'out' AND mode = 'person' AND status IN ('failed', 'unconfirmed')
  RETURNING id AS message_id, conversation_id, connection_id`;

const WRITER = `SELECT ${WRITTEN_BY_SQL} AS id FROM messages m WHERE m.conversation_id = $1 AND m.id = $2`;

const ANSWERED = `WITH answered AS (
    UPDATE messages SET status = 'answered' WHERE conversation_id = $1 AND direction = 'in' AND status IN ('received', 'for_person') RETURNING id),
  calm AS (UPDATE conversations SET needs_person_at = NULL, needs_person_why = NULL, last_message_at = now() WHERE id = $1)
  SELECT id FROM answered`;

const LEFT = `WITH left_open AS (
    UPDATE messages SET status = 'for_person' WHERE conversation_id = $1 AND direction = 'in' AND status = 'received' RETURNING id),
  noted AS (
    UPDATE conversations SET needs_person_at = coalesce(needs_person_at, now()), needs_person_why = coalesce(needs_person_why, 'wrote')
    WHERE id = $1 AND EXISTS (SELECT 1 FROM left_open))
  SELECT id FROM left_open`;

/** What a person says and does in a customer's conversation. Their words go out by a reply job, as the bot's do. */
export function createPersonRepliesRepo({
  database,
  queueReplyJobsSql,
  insertOwnReplyJobsSql,
}: {
  database: Database;
  /** pipeline/reply-jobs: a job per row of a source. */
  queueReplyJobsSql: (source: string) => string;
  insertOwnReplyJobsSql: (source: string) => string;
}) {
  const queued = (source: string): string => `WITH said AS (${source}), ${insertOwnReplyJobsSql('said')}
    SELECT message_id, ${notifySql('jobs')} FROM said`;
  const [keep, again] = [queued(KEEP), queued(AGAIN)];
  const handBack = `WITH bot_again AS (
      UPDATE messages SET status = 'received' WHERE conversation_id = $1 AND direction = 'in' AND status = 'for_person'
        AND created_at > now() - interval '${ANSWERED_ON_RETURN_HOURS} hours' RETURNING id, conversation_id, connection_id),
    queued AS (SELECT conversation_id, connection_id, max(id) AS message_id FROM bot_again GROUP BY conversation_id, connection_id),
    ${queueReplyJobsSql('queued')},
    back AS (
      UPDATE conversations SET silenced_until = NULL,
        needs_person_at = CASE WHEN needs_person_why = 'wrote' AND EXISTS (SELECT 1 FROM queued) THEN NULL ELSE needs_person_at END,
        needs_person_why = CASE WHEN needs_person_why = 'wrote' AND EXISTS (SELECT 1 FROM queued) THEN NULL ELSE needs_person_why END
      WHERE id = $1)
    SELECT ${notifySql('jobs')} FROM queued`;

  /** Null when there is no such conversation; the work holds its row. */
  function inConversation<T>([tenantId, botId, id]: Place, work: (tx: Sql) => Promise<T>): Promise<T | null> {
    return database.inTransaction(async (tx) => {
      const found = await tx.query(LOCK, [tenantId, botId, id]);
      return found.rowCount === 1 ? work(tx) : null;
    });
  }

  async function say(tx: Sql, id: string, statement: string, values: unknown[]): Promise<Said> {
    await tx.query(SILENCE, [id]);
    const [said] = (await tx.query<{ message_id: number }>(statement, [id, ...values])).rows;
    if (!said) return { messageId: null, ended: [] };
    return { messageId: said.message_id, ended: idsOf(await tx.query<{ id: number }>(ANSWERED, [id])) };
  }

  return {
    /** Keeps a message and its job and takes the conversation over. No `messageId`: the same form brought it before. */
    reply: (tenantId: string, botId: string, id: string, message: { text: string; draftHash: string }) =>
      inConversation([tenantId, botId, id], (tx) => say(tx, id, keep, [message.text, message.draftHash])),

    /** Sends a failed message again, under a new id. No `messageId`: there is none, or it is on its way already. */
    retry: (tenantId: string, botId: string, id: string, messageId: number) =>
      inConversation([tenantId, botId, id], async (tx) => {
        const [writer] = (await tx.query<{ id: string | null }>(WRITER, [id, messageId])).rows;
        return { ...(await say(tx, id, again, [messageId])), writtenBy: writer?.id ?? null };
      }),

    /** The bot is silent; what it has not answered yet waits for a person. */
    takeOver: (tenantId: string, botId: string, id: string): Promise<Ended | null> =>
      inConversation([tenantId, botId, id], async (tx) => {
        await tx.query(SILENCE, [id]);
        return idsOf(await tx.query<{ id: number }>(LEFT, [id]));
      }),

    /** The bot answers again, what waits of the last day among it. False when there is no such conversation. */
    handBack: async (tenantId: string, botId: string, id: string): Promise<boolean> =>
      (await inConversation([tenantId, botId, id], (tx) => tx.query(handBack, [id]))) !== null,
  };
}

export type PersonRepliesRepo = ReturnType<typeof createPersonRepliesRepo>;

const idsOf = ({ rows }: { rows: { id: number }[] }): number[] => rows.map(({ id }) => id);
