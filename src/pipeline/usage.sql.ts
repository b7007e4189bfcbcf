import { UNHURRIED_SQL } from '#platform/db/database.ts';

// The statements that count AI answers. Unless said otherwise $1 is the tenant, $2 the limit without an active subscription.
const month = (now: string): string => `date_trunc('month', ${now} AT TIME ZONE 'UTC')::date`;

const limitOf = (tenant: string, otherwise: string, now = 'now()'): string => `coalesce((
  SELECT s.max_messages_per_month FROM subscriptions s
  WHERE s.tenant_id = ${tenant} AND s.active AND (s.ends_at IS NULL OR s.ends_at > ${now})), ${otherwise}::int)`;
const GIVEN_NOW = 'coalesce($3::timestamptz, now())';
const LIMIT = limitOf('$1', '$2', GIVEN_NOW);

// The row is locked by the conflict, so the comparison sees every count before it.
const countUp = (source: string): string => `
  INSERT INTO usage_months AS u (tenant_id, month, ai_answers)
  SELECT $1::uuid, m.month, 1 FROM ${source} m WHERE m.max > 0
  ON CONFLICT (tenant_id, month) DO UPDATE SET ai_answers = u.ai_answers + 1
    WHERE u.ai_answers < ${LIMIT}
  RETURNING u.month`;

/** $3: a time to use instead of now, or null. One row when there was room. */
export const RESERVE = `
  WITH period AS (SELECT ${month(GIVEN_NOW)} AS month, ${LIMIT} AS max) ${countUp('period')}`;

/** $2: the month. */
export const RELEASE =
  'UPDATE usage_months SET ai_answers = ai_answers - 1 WHERE tenant_id = $1 AND month = $2::date AND ai_answers > 0';

// How far back a customer's answers of the last minute are looked for: a bound on the work, far beyond any sensible limit.
const RECENT_ROWS = 300;

/** Whether a customer of a conversation has had `most` AI answers within the last minute; 0: any number may be had. */
const tooMany = (conversation: string, customer: string, most: string): string => `(
  SELECT ${most}::int > 0 AND count(*) >= ${most}::int
  FROM (SELECT direction, mode, customer_id, created_at FROM messages
    WHERE ${most}::int > 0 AND conversation_id = ${conversation} ORDER BY id DESC LIMIT ${RECENT_ROWS}) recent
  WHERE direction = 'out' AND mode = 'ai' AND customer_id IS NOT DISTINCT FROM ${customer}
    AND created_at > now() - interval '1 minute')`;

/**
 * CTEs that charge the messages `last_id` of a CTE `wanting`, which numbers each tenant's from 1 as `place`: `granted` has those there
 * was room for. The months' rows are locked first, so that what room there is counts every answer before.
 */
const grant = (tenants: string, otherwise: string): string => `
  room AS MATERIALIZED (
    SELECT u.tenant_id, u.month, ${limitOf('u.tenant_id', otherwise)} - u.ai_answers AS answers
    FROM usage_months u WHERE u.tenant_id ${tenants} AND u.month = ${month('now()')} ORDER BY u.tenant_id FOR NO KEY UPDATE),
  granted AS (
    SELECT w.conversation_id, w.tenant_id, w.last_id, r.month FROM wanting w JOIN room r ON r.tenant_id = w.tenant_id
    WHERE w.place <= r.answers),
  counted AS (
    UPDATE usage_months u SET ai_answers = u.ai_answers + g.answers
    FROM (SELECT tenant_id, month, count(*) AS answers FROM granted GROUP BY tenant_id, month) g
    WHERE u.tenant_id = g.tenant_id AND u.month = g.month),
  marked AS (UPDATE messages m SET charged_month = g.month FROM granted g WHERE m.id = g.last_id)`;

/**
 * CTEs for use inside a larger statement that holds the conversations of `source` (conversation_id, tenant_id, message_id,
 * customer_id): `charged` has the month of those messages that are charged now or were before. The others' turns are charged by
 * CHARGE_TURNS, which knows why not. `otherwise` and `most`: its $6 and $7.
 */
export const chargeAheadSql = (source: string, otherwise: string, most: string): string => `
  held AS MATERIALIZED (
    SELECT id, tenant_id, conversation_id, charged_month FROM messages WHERE id = ANY(ARRAY(
      SELECT s.message_id FROM ${source} s WHERE NOT ${tooMany('s.conversation_id', 's.customer_id', most)}))
    ORDER BY id FOR NO KEY UPDATE),
  wanting AS (
    SELECT tenant_id, conversation_id, id AS last_id, row_number() OVER (PARTITION BY tenant_id ORDER BY id) AS place
    FROM held WHERE charged_month IS NULL),
  ${grant('= ANY(ARRAY(SELECT tenant_id FROM wanting))', otherwise)},
  charged AS (
    SELECT h.conversation_id, coalesce(h.charged_month, g.month)::text AS month FROM held h LEFT JOIN granted g ON g.last_id = h.id)`;

/**
 * Charges turns, each once: $1 their tenants, $2 conversations, $3 customers, by position; $4 and $5 their messages and the
 * position of each one's turn; $6 the limit without an active subscription; $7 answers a minute (0: any number); $8 the epochs
 * of the turns: one that was taken over is not charged. The messages are locked first, so that of two tries of one turn the
 * second finds the first one's charge. Gives the month charged, or null and why (`paused` also of a turn taken over); `counted`
 * is false where the tenant has no row of this month yet (OPEN_MONTHS makes it). It does not wait for the disk: the reply that is
 * saved after it takes it along, and without a reply nothing was to be paid.
 */
export const CHARGE_TURNS = `
  WITH input AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $8::int[]) WITH ORDINALITY AS i(tenant_id, conversation_id, customer_id, epoch, ord)),
  locked AS MATERIALIZED (SELECT id, charged_month FROM messages WHERE id = ANY($4::bigint[]) ORDER BY id FOR NO KEY UPDATE),
  turn AS MATERIALIZED (
    SELECT i.*, m.last_id, m.charged, p.paused,
      (SELECT c.work_epoch FROM conversations c WHERE c.id = i.conversation_id) = i.epoch AS ours
    FROM input i JOIN (
      SELECT u.ord, max(l.id) AS last_id, max(l.charged_month) AS charged
      FROM unnest($4::bigint[], $5::bigint[]) AS u(id, ord) JOIN locked l ON l.id = u.id GROUP BY u.ord) m ON m.ord = i.ord
    CROSS JOIN LATERAL (SELECT ${tooMany('i.conversation_id', 'i.customer_id', '$7')} AS paused) p),
  wanting AS (
    SELECT w.*, row_number() OVER (PARTITION BY tenant_id ORDER BY ord) AS place
    FROM (SELECT DISTINCT ON (conversation_id) * FROM turn WHERE charged IS NULL AND NOT paused AND ours ORDER BY conversation_id, last_id) w),
  ${grant('= ANY($1::uuid[])', '$6')}
  SELECT t.ord, coalesce(t.charged, g.month)::text AS month, t.paused OR t.ours IS NOT TRUE AS paused, r.tenant_id IS NOT NULL AS counted
  FROM ${UNHURRIED_SQL} CROSS JOIN turn t LEFT JOIN granted g ON g.conversation_id = t.conversation_id LEFT JOIN room r ON r.tenant_id = t.tenant_id`;

/** $1: tenants. */
export const OPEN_MONTHS = `
  INSERT INTO usage_months (tenant_id, month, ai_answers)
  SELECT tenant_id, ${month('now()')}, 0 FROM (SELECT DISTINCT unnest($1::uuid[]) AS tenant_id ORDER BY 1) t
  ON CONFLICT DO NOTHING`;

/** $1: message ids; $2 and $3: the conversation and the epoch of the turn they are given back for, or null. */
export const RELEASE_MESSAGES = `
  WITH ours AS MATERIALIZED (SELECT id FROM conversations WHERE id = $2::uuid AND work_epoch = $3::int FOR NO KEY UPDATE),
  held AS MATERIALIZED (
    SELECT id, tenant_id, charged_month FROM messages
    WHERE id = ANY($1::bigint[]) AND charged_month IS NOT NULL AND ($2::uuid IS NULL OR EXISTS (SELECT 1 FROM ours))
    ORDER BY id FOR NO KEY UPDATE),
  cleared AS (UPDATE messages m SET charged_month = NULL FROM held h WHERE m.id = h.id),
  freed AS (SELECT tenant_id, charged_month, count(*) AS answers FROM held GROUP BY tenant_id, charged_month)
  UPDATE usage_months u SET ai_answers = greatest(u.ai_answers - f.answers, 0)
  FROM freed f WHERE u.tenant_id = f.tenant_id AND u.month = f.charged_month`;

/** $3: a time to use instead of now, or null. */
export const CURRENT = `
  WITH period AS (SELECT date_trunc('month', ${GIVEN_NOW} AT TIME ZONE 'UTC') AS start)
  SELECT coalesce((SELECT s.type::text FROM subscriptions s
      WHERE s.tenant_id = $1 AND s.active AND (s.ends_at IS NULL OR s.ends_at > ${GIVEN_NOW})), 'FREE') AS plan,
    coalesce((SELECT u.ai_answers FROM usage_months u WHERE u.tenant_id = $1 AND u.month = p.start::date), 0) AS used,
    ${LIMIT} AS "limit", (p.start + interval '1 month') AT TIME ZONE 'UTC' AS "resetsAt"
  FROM period p`;
