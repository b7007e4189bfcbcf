import type { Sql } from '#platform/db/database.ts';

// The job's own messages and an unsent reply to them; later messages, and a person's words, have jobs of their own.
const OF_JOB = `conversation_id = $1 AND ((direction = 'in' AND status = 'received' AND id <= $2)
  OR (direction = 'out' AND status IN ('pending', 'sending') AND (id = $2 OR (id > $2 AND mode <> 'person'))))`;

const DROP_KEPT = `UPDATE kept_questions SET state = 'dropped', reason = 'failed', settled_at = now()
  WHERE conversation_id = $1 AND message_id <= $2 AND state = 'waiting' RETURNING to_json(message_ids) AS ids`;

/**
 * Settles what a reply job out of tries leaves behind: its messages become `failed`, charges are given back, and whoever
 * may still work on it is locked out. Run twice it changes nothing more.
 */
export function createGiveUp({ sql, usage }: { sql: Sql; usage: { releaseMessages(ids: number[]): Promise<unknown> } }) {
  return async ({ conversationId, messageId }: { conversationId: string; messageId: number }): Promise<void> => {
    const values = [conversationId, messageId];
    await sql.query('UPDATE conversations SET work_epoch = work_epoch + 1 WHERE id = $1', [conversationId]);
    const { rows } = await sql.query<{ id: number }>(`SELECT id FROM messages WHERE ${OF_JOB}`, values);
    await usage.releaseMessages(rows.map(({ id }) => id));
    const dropped = await sql.query<{ ids: number[] }>(DROP_KEPT, values);
    await usage.releaseMessages(dropped.rows.flatMap(({ ids }) => ids));
    await sql.query(`UPDATE messages SET status = 'failed', reason = 'rejected' WHERE ${OF_JOB}`, values);
  };
}

export type GiveUp = ReturnType<typeof createGiveUp>;
