import { PLANS } from '#core/plans.ts';
import type { Database } from '#platform/db/database.ts';
import { notifySql } from '#platform/db/notifications.ts';

const AT_ONCE = 500;
const KEEP_SETTLED_MS = 30 * 86_400_000;

// $1: now; $2: a tenant, or null for all. One job a conversation answers all that is kept in it, oldest first; what finds no
// room after all waits for the next look.
const release = ({ queueReplyJobsSql, hasReplyJobSql }: ReplyJobsSql): string => `
  WITH u AS (
    SELECT DISTINCT k.tenant_id, date_trunc('month', $1::timestamptz AT TIME ZONE 'UTC')::date AS month
    FROM kept_questions k WHERE k.state = 'waiting' AND ($2::uuid IS NULL OR k.tenant_id = $2)),
  room AS (
    SELECT u.tenant_id FROM u JOIN tenants t ON t.id = u.tenant_id AND t.suspended_at IS NULL
    LEFT JOIN usage_months m ON m.tenant_id = u.tenant_id AND m.month = u.month
    LEFT JOIN active_plans($1) p ON p.tenant_id = u.tenant_id
    WHERE coalesce(m.ai_answers, 0) < coalesce(p.max_messages, ${PLANS.FREE.maxMessagesPerMonth})),
  queued AS (
    SELECT k.conversation_id, min(k.message_id) AS message_id, c.connection_id
    FROM kept_questions k JOIN room r ON r.tenant_id = k.tenant_id JOIN conversations c ON c.id = k.conversation_id
      JOIN connections n ON n.id = c.connection_id
    WHERE k.state = 'waiting' AND k.answer_until > $1 AND n.enabled AND n.failure_reason IS DISTINCT FROM 'plan_limit'
      AND NOT ${hasReplyJobSql('k.conversation_id')}
    GROUP BY k.conversation_id, c.connection_id ORDER BY min(k.message_id) LIMIT ${AT_ONCE}),
  ${queueReplyJobsSql('queued')}
  SELECT (SELECT count(*) FROM job)::int AS conversations, CASE WHEN EXISTS (SELECT 1 FROM job) THEN ${notifySql('jobs')} END AS notified`;

interface ReplyJobsSql {
  /** pipeline/reply-jobs */
  queueReplyJobsSql: (source: string) => string;
  hasReplyJobSql: (conversation: string) => string;
}

/** Questions that came when the plan had no answers left (pipeline keeps them). */
export function createKeptRelease({ database: { sql, prisma }, ...jobs }: { database: Database } & ReplyJobsSql) {
  const text = release(jobs);
  const run = async (tenantId: string | null, now: Date): Promise<number> =>
    (await sql.query<{ conversations: number }>(text, [now, tenantId])).rows[0]?.conversations ?? 0;

  return {
    /** How many wait. */
    count: (tenantId: string, now: Date): Promise<number> =>
      prisma.keptQuestion.count({ where: { tenantId, state: 'waiting', answerUntil: { gt: now } } }),

    /** Has the AI answer them where the plan has room now. Gives the number of conversations; safe to repeat. */
    release: (tenantId: string, now: Date): Promise<number> => run(tenantId, now),

    /** The same for everybody, and what has become too old is dropped. */
    async releaseAcrossTenants(now: Date): Promise<number> {
      await prisma.keptQuestion.updateMany({
        where: { state: 'waiting', answerUntil: { lte: now } },
        data: { state: 'dropped', reason: 'too_old', settledAt: now },
      });
      await prisma.keptQuestion.deleteMany({ where: { settledAt: { lt: new Date(now.getTime() - KEEP_SETTLED_MS) } } });
      return run(null, now);
    },
  };
}

export type KeptRelease = ReturnType<typeof createKeptRelease>;
