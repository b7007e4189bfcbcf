import type { ChannelKind } from '#core/message.ts';
import { AI_FAILURE_REASONS, type WebhookRefusal } from '#core/reasons.ts';
import type { Database } from '#platform/db/database.ts';

/** The installation at a glance: counts only, never what anybody wrote. */
export interface Totals {
  tenants: number;
  suspended: number;
  newTenants: number;
  bots: number;
  activeBots: number;
}
export interface MessageDay {
  day: string;
  received: number;
  sent: number;
  aiFailures: number;
  newTenants: number;
}
export interface Counted {
  name: string;
  state: string;
  count: number;
}
/** Deliveries that a webhook refused for one reason. */
export interface Refusals {
  platform: ChannelKind;
  reason: WebhookRefusal;
  count: number;
  lastAt: Date;
}

export const DAYS_SHOWN = 30;
export const DAY_ZONE = 'Asia/Tashkent';
/** What is no fault of the AI's: its owner configured none, or a plan, a bot or a customer asked for too much. */
const NO_FAULT = ['no_key', 'quota_reached', 'customer_pause', 'bot_pause'];
const FAULTS = AI_FAILURE_REASONS.filter((reason) => !NO_FAULT.includes(reason));

const TOTALS = `SELECT
  (SELECT count(*) FROM tenants) AS tenants,
  (SELECT count(*) FROM tenants WHERE suspended_at IS NOT NULL) AS suspended,
  (SELECT count(*) FROM tenants WHERE created_at > $1::timestamptz - interval '${DAYS_SHOWN} days') AS "newTenants",
  (SELECT count(*) FROM bots) AS bots,
  (SELECT count(DISTINCT c.bot_id) FROM connections c JOIN tenants t ON t.id = c.tenant_id
    WHERE c.enabled AND c.state = 'ACTIVE' AND t.suspended_at IS NULL) AS "activeBots"`;

const dayOf = (time: string): string => `((${time}) AT TIME ZONE '${DAY_ZONE}')::date`;
const startOf = (day: string): string => `(${day})::timestamp AT TIME ZONE '${DAY_ZONE}'`;
const COUNTS = `count(*) FILTER (WHERE direction = 'in')::int AS received, count(*) FILTER (WHERE direction = 'out')::int AS sent,
  count(*) FILTER (WHERE direction = 'out' AND reason = ANY($2))::int AS ai_failures`;

// Days that are over were counted once (ROLL_UP); only what came since is counted here, through the index on the time.
const DAYS = `WITH span AS (SELECT ${dayOf('$1::timestamptz')} AS today),
  live AS (SELECT greatest(today - ${DAYS_SHOWN - 1}, coalesce((SELECT max(day) + 1 FROM message_days), '-infinity')) AS first FROM span),
  counted AS (
    SELECT day, received, sent, ai_failures FROM message_days, live WHERE day < live.first
    UNION ALL
    SELECT ${dayOf('created_at')}, ${COUNTS} FROM messages
    WHERE created_at >= (SELECT ${startOf('first')} FROM live) AND created_at <= $1 GROUP BY 1)
  SELECT to_char(d, 'YYYY-MM-DD') AS day, coalesce(c.received, 0) AS received, coalesce(c.sent, 0) AS sent,
    coalesce(c.ai_failures, 0) AS "aiFailures", coalesce(n.count, 0) AS "newTenants"
  FROM span, generate_series(today - ${DAYS_SHOWN - 1}, today, interval '1 day') AS d LEFT JOIN counted c ON c.day = d::date
    LEFT JOIN (SELECT ${dayOf('created_at')} AS day, count(*)::int AS count FROM tenants
      WHERE created_at > $1::timestamptz - interval '${DAYS_SHOWN + 1} days' GROUP BY 1) n ON n.day = d::date ORDER BY d`;

// An hour after midnight whatever began before it is committed.
const ROLL_UP = `INSERT INTO message_days (day, received, sent, ai_failures)
  SELECT d::date, count(m.id) FILTER (WHERE direction = 'in'), count(m.id) FILTER (WHERE direction = 'out'),
    count(m.id) FILTER (WHERE direction = 'out' AND reason = ANY($2))
  FROM generate_series(coalesce((SELECT max(day) + 1 FROM message_days), ${dayOf('$1::timestamptz')} - ${DAYS_SHOWN}),
      ${dayOf("$1::timestamptz - interval '1 hour'")} - 1, interval '1 day') AS d
    LEFT JOIN messages m ON m.created_at >= ${startOf('d::date')} AND m.created_at < ${startOf('d::date + 1')}
  GROUP BY 1 ON CONFLICT DO NOTHING`;

// The index on the time tells nothing of pages that were never summed up; autovacuum would come to it late, or never.
const SUM_UP_INDEX = "SELECT brin_summarize_new_values('messages_created_at_idx')";

const FAILURES = `SELECT reason AS name, 'day' AS state, count(*) AS count FROM messages
  WHERE direction = 'out' AND reason = ANY($2) AND created_at > $1::timestamptz - interval '1 day' GROUP BY 1 ORDER BY 3 DESC`;

const CONNECTIONS = `SELECT platform::text AS name, state::text AS state, count(*) AS count FROM connections GROUP BY 1, 2 ORDER BY 1, 2`;

const CHANNEL_FAULTS = `SELECT platform::text AS name, reason AS state, count(*) AS count FROM (
    SELECT platform, 'connection.' || failure_reason AS reason FROM connections WHERE enabled AND failure_reason IS NOT NULL
    UNION ALL SELECT platform, 'peer.' || last_error FROM connections WHERE enabled AND last_error_at > $1::timestamptz - interval '1 day') f
  GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 30`;

const REFUSALS = `SELECT platform::text AS platform, reason, sum(count) AS count, max(last_at) AS "lastAt" FROM webhook_refusals
  WHERE slot > $1::timestamptz - interval '1 day' GROUP BY 1, 2 ORDER BY 4 DESC, 1, 2`;

const QUEUE = `SELECT name, state::text AS state, count(*) AS count FROM pgboss.job
  WHERE state IN ('created', 'retry', 'active', 'failed') GROUP BY 1, 2 ORDER BY 1, 2`;

const LEASES = `SELECT holder AS name, CASE WHEN expires_at > now() THEN 'held' ELSE 'expired' END AS state, count(*) AS count
  FROM leases WHERE holder <> '' GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 20`;

/** What the admins' first page shows of all tenants together. */
export function createOversightRead({ database: { sql } }: { database: Database }) {
  const counted = async (text: string, values: unknown[] = []): Promise<Counted[]> =>
    (await sql.query<Counted & Record<string, unknown>>(text, values)).rows;
  return {
    totalsAcrossTenants: async (now: Date): Promise<Totals> =>
      (await sql.query<Totals & Record<string, unknown>>(TOTALS, [now])).rows[0] as Totals,

    /** The last days, oldest first, today as far as it has come. */
    daysAcrossTenants: async (now: Date): Promise<MessageDay[]> =>
      (await sql.query<MessageDay & Record<string, unknown>>(DAYS, [now, FAULTS])).rows,

    /** AI failures of the last 24 hours by reason. */
    failuresAcrossTenants: (now: Date) => counted(FAILURES, [now, FAULTS]),
    connectionsAcrossTenants: () => counted(CONNECTIONS),
    /** What platforms refuse: connections that need something, and refusals of the last 24 hours. */
    channelFaultsAcrossTenants: (now: Date) => counted(CHANNEL_FAULTS, [now]),
    /** What webhooks refused in the last 24 hours, what came last first. */
    refusalsAcrossTenants: async (now: Date): Promise<Refusals[]> =>
      (await sql.query<Refusals & Record<string, unknown>>(REFUSALS, [now])).rows,
    queueAcrossTenants: () => counted(QUEUE),
    leasesAcrossTenants: () => counted(LEASES),

    /** Counts the days that are over; a second time changes nothing. */
    async rollUpAcrossTenants(now: Date): Promise<void> {
      await sql.query(SUM_UP_INDEX);
      await sql.query(ROLL_UP, [now, FAULTS]);
    },
  };
}

export type OversightRead = ReturnType<typeof createOversightRead>;
