import type { Sql } from '#platform/db/database.ts';

// The job's own messages and an unsent reply to them; later messages, and a person's words, have jobs of their own.
const OF_JOB = `conversation_id = $1 AND ((direction = 'in' AND status = 'received' AND id <= $2)
  OR (direction = 'out' AND status IN ('pending', 'sending') AND (id = $2 OR (id > $2 AND reply_to_id IS NOT NULL))))`;

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
    await sql.query(`UPDATE messages SET status = 'failed', reason = 'rejected' WHERE ${OF_JOB}`, values);
  };
}

export type GiveUp = ReturnType<typeof createGiveUp>;
