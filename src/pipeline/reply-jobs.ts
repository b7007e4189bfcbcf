// The statements on pg-boss' job table that pg-boss has no call for. Column by column they do what its plans.js of 12.35 does.
import type { Sql } from '#platform/db/database.ts';
import { QUEUE_SCHEMA } from '#platform/jobs/queue-schema.ts';

// Where pg-boss keeps the jobs of queues that are not partitioned.
const JOBS = `${QUEUE_SCHEMA}.job_common`;

/** What names one attempt at a job: another attempt, of this process or another, has another retryCount. */
export interface Attempt {
  id: string;
  retryCount: number;
}

export interface DeadReplyJob extends Attempt {
  conversationId: string;
  messageId: number;
}

/** `groupId`: the connection; a busy one leaves room for the others. */
export interface ClaimedReplyJob extends DeadReplyJob {
  groupId: string | null;
}

/**
 * INSERT for use inside a larger statement: a 'reply' job per row of `source`, which has the columns conversation_id (uuid),
 * message_id (bigint) and connection_id (uuid). Equal to boss.send('reply', …, {singletonKey: conversation_id, group: {id:
 * connection_id}}); a test compares the two rows. `active`: as
 * claimReplyJobs leaves it, where the conversation has none under way.
 */
const insertSql = (source: string, { active = false, where = 'true', returning = '1' } = {}): string => `
  INSERT INTO ${active ? JOBS : `${QUEUE_SCHEMA}.job`} (name, data, singleton_key, group_id, expire_seconds, deletion_seconds, keep_until, retry_limit, retry_delay,
    retry_backoff, retry_delay_max, policy, dead_letter, heartbeat_seconds${active ? ', state, started_on, heartbeat_on' : ''})
  SELECT q.name, jsonb_build_object('conversationId', s.conversation_id, 'messageId', s.message_id),
    s.conversation_id::text, s.connection_id::text, q.expire_seconds, q.deletion_seconds, now() + q.retention_seconds * interval '1s',
    q.retry_limit, q.retry_delay, coalesce(q.retry_backoff, false), q.retry_delay_max, q.policy, q.dead_letter, q.heartbeat_seconds${
      active ? `, 'active'::${QUEUE_SCHEMA}.job_state, now(), now()` : ''
    }
  FROM ${source} s JOIN ${QUEUE_SCHEMA}.queue q ON q.name = 'reply' WHERE ${where}
  ${active ? 'ON CONFLICT DO NOTHING ' : ''}RETURNING ${returning}`;

/**
 * CTEs for use inside a larger statement: `job` has a row for each row of `source` that now has a job waiting. A conversation gets
 * no second waiting job: the one it has is told of the newest message. The update locks that job, so it cannot be claimed before the
 * message is committed. A job that was claimed meanwhile waits no more, so a new one is inserted.
 *
 * Rows of `source` whose column `take` is true, of conversations without any job, get a job that is claimed already. The CTE `taken`
 * has a ClaimedReplyJob for each of them.
 */
export const takeReplyJobsSql = (source: string): string => `
  taken AS (${insertSql(source, {
    active: true,
    where: `s.take AND (
      SELECT w.id FROM ${JOBS} w
      WHERE w.name = 'reply' AND w.singleton_key = s.conversation_id::text AND w.state < 'active' AND NOT w.blocked
        AND w.policy = 'key_strict_fifo' LIMIT 1) IS NULL`,
    returning: `id, retry_count AS "retryCount", group_id AS "groupId", data->>'conversationId' AS "conversationId",
      (data->>'messageId')::bigint AS "messageId"`,
  })}),
  ${queueSql(source, `joined UNION ALL SELECT "conversationId"::uuid FROM taken`)}`;

/** `served`: the conversations that need no job more. */
const queueSql = (source: string, served: string): string => `
  joined AS (
    UPDATE ${JOBS} j SET data = jsonb_build_object('conversationId', s.conversation_id, 'messageId', s.message_id) FROM ${source} s
    WHERE j.name = 'reply' AND j.singleton_key = s.conversation_id::text AND j.state = 'created' AND j.policy = 'key_strict_fifo'
      AND NOT j.blocked AND NOT j.data ? 'own'
    RETURNING s.conversation_id),
  made AS (${insertSql(source, { where: `(SELECT o.conversation_id FROM (SELECT conversation_id FROM ${served}) o WHERE o.conversation_id = s.conversation_id LIMIT 1) IS NULL` })}),
  job AS (SELECT 1 FROM made UNION ALL SELECT 1 FROM joined)`;

/**
 * Claims jobs: the first of each conversation that has none active, retrying or dead; of each group in turn, at most
 * PER_GROUP at once and none of `fullGroups`. pg-boss' own fetch, prepared and fair between groups.
 */
export async function claimReplyJobs(sql: Sql, limit: number, fullGroups: string[]): Promise<ClaimedReplyJob[]> {
  try {
    const { rows } = await sql.query<ClaimedReplyJob>({ name: 'reply-jobs-claim', text: CLAIM, values: [limit, fullGroups] });
    return rows;
  } catch (error) {
    // unique_violation: another process claimed a job of the same conversation at this moment.
    if ((error as { code?: string }).code === '23505') return [];
    throw error;
  }
}

/** The most jobs of one group that one claim takes. */
export const PER_GROUP = 16;

const CLAIM = `
  WITH heads AS MATERIALIZED (
    SELECT DISTINCT ON (h.singleton_key) h.id, h.singleton_key, h.created_on
    FROM ${JOBS} h
    WHERE h.name = 'reply' AND h.state < 'active' AND NOT h.blocked AND h.policy = 'key_strict_fifo' AND h.start_after <= now()
    ORDER BY h.singleton_key, h.state DESC, h.created_on, h.id),
  free AS (
    SELECT h.id, h.created_on, row_number() OVER (PARTITION BY j.group_id ORDER BY h.created_on) AS place
    FROM heads h JOIN LATERAL (SELECT group_id FROM ${JOBS} WHERE name = 'reply' AND id = h.id LIMIT 1) j ON true
    WHERE (j.group_id IS NULL OR j.group_id <> ALL($2::text[])) AND (
      SELECT b.id FROM ${JOBS} b
      WHERE b.name = 'reply' AND b.singleton_key = h.singleton_key AND b.state IN ('active', 'retry', 'failed')
        AND b.policy = 'key_strict_fifo' AND b.id <> h.id LIMIT 1) IS NULL),
  chosen AS MATERIALIZED (SELECT id FROM free WHERE place <= ${PER_GROUP} ORDER BY place, created_on LIMIT $1::int),
  next AS MATERIALIZED (
    SELECT id FROM ${JOBS} WHERE name = 'reply' AND id = ANY(ARRAY(SELECT id FROM chosen)) AND state < 'active' FOR UPDATE SKIP LOCKED)
  UPDATE ${JOBS} j SET state = 'active', started_on = now(), heartbeat_on = now(),
    retry_count = CASE WHEN started_on IS NOT NULL THEN retry_count + 1 ELSE retry_count END
  WHERE j.name = 'reply' AND j.id = ANY(ARRAY(SELECT id FROM next))
  RETURNING j.id, j.retry_count AS "retryCount", j.group_id AS "groupId", j.data->>'conversationId' AS "conversationId",
    (j.data->>'messageId')::bigint AS "messageId"`;

/**
 * CTEs for use inside a larger statement: remove the jobs that are done, fenced by attempt, and with each those still
 * waiting in its conversation for messages that were answered too. `source` has the columns job_id (uuid), attempt (int),
 * conversation_id (uuid) and up_to (bigint, the last message answered). `unfinished` then has the conversations with more.
 * The jobs are named as a list too, so that the planner need not pair every job with every row.
 */
export const settleReplyJobsSql = (source: string): string => `
  settled AS (
    DELETE FROM ${JOBS} j USING ${source} s
    WHERE j.name = 'reply' AND j.id = ANY(ARRAY(SELECT job_id FROM ${source})) AND j.id = s.job_id AND j.retry_count = s.attempt
      AND j.state = 'active'
    RETURNING s.conversation_id, s.up_to),
  moot AS (
    DELETE FROM ${JOBS} j USING settled s
    WHERE j.name = 'reply' AND j.singleton_key = s.conversation_id::text AND j.state = 'created' AND j.policy = 'key_strict_fifo'
      AND NOT j.blocked AND NOT j.data ? 'own' AND (j.data->>'messageId')::bigint <= s.up_to),
  unfinished AS (
    SELECT s.conversation_id FROM (SELECT conversation_id, conversation_id::text AS key, up_to FROM ${source} OFFSET 0) s
    WHERE (SELECT j.id FROM ${JOBS} j
      WHERE j.name = 'reply' AND j.singleton_key = s.key AND j.state < 'active' AND j.policy = 'key_strict_fifo'
        AND NOT j.blocked AND (j.data->>'messageId')::bigint > s.up_to LIMIT 1) IS NOT NULL)`;

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
      WHERE name = 'reply' AND state = 'active' AND policy = 'key_strict_fifo' AND ($1 OR heartbeat_on + heartbeat_seconds * interval '1s' < now())
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
