import type { PeerFailureReason } from '#core/reasons.ts';
import { type Sql, UNHURRIED_SQL } from '#platform/db/database.ts';
import type { Turn } from './turn.ts';

/** Names a reply and the turn that may still write to it. */
export interface ReplyRef {
  turn: Turn;
  replyId: number;
}

export interface SentReply extends ReplyRef {
  /** Of all its parts, comma between. */
  externalId: string;
  parts: number;
  tookMs: number;
  /** The job that is done with it, when it is. */
  job: FinishedJob | null;
}

/** An attempt at a job whose work is done, and the last message it answered. */
export interface FinishedJob {
  id: string;
  retryCount: number;
  upToMessageId: number;
}

/** `settledSinceMs`: monotonic, when the statement began. `more`: the conversation has jobs for later messages. */
export interface Settled {
  settledSinceMs: number;
  more: boolean;
}

const IF_OURS = `AND EXISTS (SELECT 1 FROM conversations c WHERE c.id = m.conversation_id AND c.work_epoch = $2)`;

/**
 * Makes the function that notes what the platform has all parts of, and settles the jobs that are done with it: one
 * statement for all. It does not wait for the disk: when the database's machine loses it, this process remembers what was sent
 * (deliver-message's `taken`). `settleReplyJobsSql`: pipeline/reply-jobs.
 */
export function createMarkSent(sql: Sql, settleReplyJobsSql: (source: string) => string) {
  const text = `
    WITH input AS (
      SELECT * FROM unnest($1::bigint[], $2::int[], $3::text[], $4::int[], $5::int[], $6::uuid[], $7::uuid[], $8::int[], $9::bigint[])
        AS x(id, epoch, external_id, parts, took_ms, conversation_id, job_id, attempt, up_to)),
    sent AS (
      UPDATE messages m SET status = 'sent', sent_at = now(), external_id = x.external_id, sent_parts = x.parts, took_ms = x.took_ms
      FROM input x, conversations c
      WHERE m.id = x.id AND m.status = 'sending' AND c.id = x.conversation_id AND c.work_epoch = x.epoch),
    ${settleReplyJobsSql('input')}
    SELECT conversation_id AS "conversationId"
    FROM ${UNHURRIED_SQL} LEFT JOIN unfinished ON true`;

  return async (replies: SentReply[]): Promise<Settled[]> => {
    const values = [
      replies.map(({ replyId }) => replyId),
      replies.map(({ turn }) => turn.epoch),
      replies.map(({ externalId }) => externalId),
      replies.map(({ parts }) => parts),
      replies.map(({ tookMs }) => tookMs),
      replies.map(({ turn }) => turn.conversationId),
      replies.map(({ job }) => job?.id ?? null),
      replies.map(({ job }) => job?.retryCount ?? null),
      replies.map(({ job }) => job?.upToMessageId ?? null),
    ];
    const settledSinceMs = performance.now();
    const { rows } = await sql.query<{ conversationId: string | null }>({ name: 'mark-sent', text, values });
    const unfinished = new Set(rows.map(({ conversationId }) => conversationId));
    return replies.map(({ turn }) => ({ settledSinceMs, more: unfinished.has(turn.conversationId) }));
  };
}

const LEAVE_TO_PERSON = `
  WITH ours AS MATERIALIZED (SELECT id FROM conversations WHERE id = $1 AND work_epoch = $2 FOR NO KEY UPDATE),
  told AS (
    UPDATE messages m SET status = 'for_person' FROM ours o
    WHERE m.conversation_id = o.id AND m.direction = 'in' AND m.status = 'received')
  UPDATE conversations c SET needs_person_at = coalesce(c.needs_person_at, now()), needs_person_why = coalesce(c.needs_person_why, 'wrote')
  FROM ours o WHERE c.id = o.id`;

export function createReplyLog({ sql }: { sql: Sql }) {
  const update = async (text: string, values: unknown[]): Promise<boolean> => (await sql.query(text, values)).rowCount === 1;

  return {
    /** A reply that waited goes out again. False: the turn is no longer ours. */
    markSending: ({ turn, replyId }: ReplyRef): Promise<boolean> =>
      update(`UPDATE messages m SET status = 'sending' WHERE m.id = $1 AND m.status IN ('pending', 'sending') ${IF_OURS}`, [
        replyId,
        turn.epoch,
      ]),

    /** One part is out, more follow. False: the turn is no longer ours. */
    markPart: ({ turn, replyId }: ReplyRef, parts: number, externalId: string): Promise<boolean> =>
      update(`UPDATE messages m SET sent_parts = $3, external_id = $4 WHERE m.id = $1 AND m.status = 'sending' ${IF_OURS}`, [
        replyId,
        turn.epoch,
        parts,
        externalId,
      ]),

    /** Not now: it will be tried again. */
    markPending: ({ turn, replyId }: ReplyRef): Promise<boolean> =>
      update(`UPDATE messages m SET status = 'pending' WHERE m.id = $1 AND m.status = 'sending' ${IF_OURS}`, [
        replyId,
        turn.epoch,
      ]),

    markFailed: ({ turn, replyId }: ReplyRef, reason: PeerFailureReason): Promise<boolean> =>
      update(
        `UPDATE messages m SET status = 'failed', reason = $3 WHERE m.id = $1 AND m.status IN ('pending', 'sending') ${IF_OURS}`,
        [replyId, turn.epoch, reason],
      ),

    /** What waits in a stopped conversation is kept and stays unanswered. */
    async markIgnored(turn: Turn): Promise<void> {
      await sql.query(`UPDATE messages m SET status = 'ignored' WHERE m.id = ANY($1) AND m.status = 'received' ${IF_OURS}`, [
        turn.waiting.map(({ id }) => id),
        turn.epoch,
      ]);
    },

    /** A person has the conversation: what waits there waits for them. */
    async leaveToPerson({ conversationId, epoch }: Turn): Promise<void> {
      await sql.query(LEAVE_TO_PERSON, [conversationId, epoch]);
    },

    async markUnreachable({ customerId }: Turn): Promise<void> {
      await sql.query('UPDATE customers SET unreachable_at = now() WHERE id = $1', [customerId]);
    },

    /** The customer wants no broadcasts any more, or wants them again; safe to repeat. */
    async markOptedOut({ customerId }: Turn, out: boolean): Promise<void> {
      const text = out
        ? 'UPDATE customers SET opted_out_at = now() WHERE id = $1 AND opted_out_at IS NULL'
        : 'UPDATE customers SET opted_out_at = NULL WHERE id = $1 AND opted_out_at IS NOT NULL';
      await sql.query(text, [customerId]);
    },

    /** For the connection's health card. */
    async noteError({ connection }: Turn, reason: PeerFailureReason): Promise<void> {
      await sql.query('UPDATE connections SET last_error = $2, last_error_at = now() WHERE id = $1', [connection.id, reason]);
    },

    /** True when it was not known yet. */
    markTokenRevoked: ({ connection }: Turn): Promise<boolean> =>
      update(
        `UPDATE connections SET state = 'FAILED', failure_reason = 'token_revoked', state_changed_at = now(), retry_at = NULL
         WHERE id = $1 AND sealed_secrets = $2 AND enabled AND failure_reason IS DISTINCT FROM 'token_revoked'`,
        [connection.id, connection.sealedSecrets],
      ),
  };
}

export type ReplyLog = ReturnType<typeof createReplyLog>;
