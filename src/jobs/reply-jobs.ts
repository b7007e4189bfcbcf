// The statements on pg-boss' job table that pg-boss has no call for. Column by column they do what its plans.js of 12.35 does.
import type { Sql } from '#platform/db/database.ts';
import { QUEUE_SCHEMA } from './queue-schema.ts';

/** What names one attempt at a job: another attempt, of this process or another, has another retryCount. */
export interface Attempt {
  id: string;
  retryCount: number;
}

export interface DeadReplyJob extends Attempt {
  conversationId: string;
  messageId: number;
}

/**
 * INSERT for use inside a larger statement: a 'reply' job per row of `source`, which has the columns conversation_id (uuid)
 * and message_id (bigint). Equal to boss.send('reply', …, {singletonKey: conversation_id}); a test compares the two rows.
 */
export const insertReplyJobsSql = (source: string): string => `
  INSERT INTO ${QUEUE_SCHEMA}.job (name, data, singleton_key, expire_seconds, deletion_seconds, keep_until, retry_limit, retry_delay,
    retry_backoff, retry_delay_max, policy, dead_letter, heartbeat_seconds)
  SELECT q.name, jsonb_build_object('conversationId', s.conversation_id, 'messageId', s.message_id), s.conversation_id::text,
    q.expire_seconds, q.deletion_seconds, now() + q.retention_seconds * interval '1s', q.retry_limit, q.retry_delay,
    coalesce(q.retry_backoff, false), q.retry_delay_max, q.policy, q.dead_letter, q.heartbeat_seconds
  FROM ${source} s JOIN ${QUEUE_SCHEMA}.queue q ON q.name = 'reply'
  RETURNING 1`;

/**
 * Gives the job back until later without counting the attempt as a failed one: the limit rises with the count, which must
 * itself go on rising, since it is what fences off a stale worker.
 */
export async function postpone(sql: Sql, { id, retryCount }: Attempt, delayMs: number): Promise<void> {
  await sql.query(
    `UPDATE ${QUEUE_SCHEMA}.job SET state = 'retry', retry_limit = retry_limit + 1, start_after = now() + $3 * interval '1ms'
     WHERE name = 'reply' AND id = $1 AND retry_count = $2 AND state = 'active'`,
    [id, retryCount, delayMs],
  );
}

/**
 * Takes back jobs whose worker died: all of them when `everyone` (the embedded database at start, where no other worker can
 * live), else those without a heartbeat. Those out of tries are returned instead, with the ones that failed their last:
 * they block their conversation until they are removed.
 */
export async function reclaim(sql: Sql, { everyone }: { everyone: boolean }): Promise<DeadReplyJob[]> {
  const { rows } = await sql.query<DeadReplyJob>({
    name: 'reply-jobs-reclaim',
    text: `WITH lapsed AS (
      UPDATE ${QUEUE_SCHEMA}.job SET state = CASE WHEN retry_count < retry_limit THEN 'retry' ELSE 'failed' END::${QUEUE_SCHEMA}.job_state,
        start_after = now()
      WHERE name = 'reply' AND state = 'active' AND ($1 OR heartbeat_on + heartbeat_seconds * interval '1s' < now())
      RETURNING id, retry_count, data, state),
    dead AS (
      SELECT id, retry_count, data FROM lapsed WHERE state = 'failed'
      UNION ALL SELECT id, retry_count, data FROM ${QUEUE_SCHEMA}.job
      WHERE name = 'reply' AND state = 'failed' AND policy = 'key_strict_fifo')
    SELECT id, retry_count AS "retryCount", data->>'conversationId' AS "conversationId", (data->>'messageId')::bigint AS "messageId" FROM dead`,
    values: [everyone],
  });
  return rows;
}

/** Removes a dead job; the next one of its conversation can be claimed. */
export async function removeDead(sql: Sql, { id }: Attempt): Promise<void> {
  await sql.query(`DELETE FROM ${QUEUE_SCHEMA}.job WHERE name = 'reply' AND id = $1 AND state = 'failed'`, [id]);
}
