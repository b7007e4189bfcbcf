// The statements that count AI answers. $1 is the tenant, $2 the limit without an active subscription.
const month = (now: string): string => `date_trunc('month', ${now} AT TIME ZONE 'UTC')::date`;

const LIMIT = `coalesce((SELECT s.max_messages_per_month FROM subscriptions s
  WHERE s.tenant_id = $1 AND s.active AND (s.ends_at IS NULL OR s.ends_at > now())), $2::int)`;

// The row is locked by the conflict, so the comparison sees every count before it.
const countUp = (source: string): string => `
  INSERT INTO usage_months AS u (tenant_id, month, ai_answers)
  SELECT $1::uuid, m.month, 1 FROM ${source} m WHERE m.max > 0
  ON CONFLICT (tenant_id, month) DO UPDATE SET ai_answers = u.ai_answers + 1
    WHERE u.ai_answers < ${LIMIT}
  RETURNING u.month`;

/** $3: a time to use instead of now, or null. One row when there was room. */
export const RESERVE = `
  WITH period AS (SELECT ${month('coalesce($3::timestamptz, now())')} AS month, ${LIMIT} AS max) ${countUp('period')}`;

/** $2: the month. */
export const RELEASE =
  'UPDATE usage_months SET ai_answers = ai_answers - 1 WHERE tenant_id = $1 AND month = $2::date AND ai_answers > 0';

// How far back a customer's answers of the last minute are looked for: a bound on the work, far beyond any sensible limit.
const RECENT_ROWS = 300;

/**
 * $3 the turn's messages, $4 conversation, $5 customer, $6 answers a minute (0: any number). The messages are locked first, so
 * that of two tries of one turn the second finds the first one's charge. Gives the month charged, or null and why.
 */
export const CHARGE_TURN = `
  WITH turn AS MATERIALIZED (SELECT id, charged_month FROM messages WHERE id = ANY($3::bigint[]) ORDER BY id FOR NO KEY UPDATE),
  charged AS (SELECT max(charged_month) AS month FROM turn),
  pause AS (
    SELECT $6::int > 0 AND count(*) >= $6::int AS paused
    FROM (SELECT direction, mode, customer_id, created_at FROM messages
      WHERE $6::int > 0 AND conversation_id = $4 ORDER BY id DESC LIMIT ${RECENT_ROWS}) recent
    WHERE direction = 'out' AND mode = 'ai' AND customer_id IS NOT DISTINCT FROM $5::uuid AND created_at > now() - interval '1 minute'),
  period AS (
    SELECT ${month('now()')} AS month, ${LIMIT} AS max FROM charged, pause WHERE charged.month IS NULL AND NOT paused),
  counted AS (${countUp('period')}),
  marked AS (
    UPDATE messages SET charged_month = counted.month FROM counted WHERE id = (SELECT max(id) FROM turn))
  SELECT coalesce((SELECT month FROM charged), (SELECT month FROM counted))::text AS month, (SELECT paused FROM pause) AS paused`;

/** $1: message ids. */
export const RELEASE_MESSAGES = `
  WITH held AS MATERIALIZED (
    SELECT id, tenant_id, charged_month FROM messages WHERE id = ANY($1::bigint[]) AND charged_month IS NOT NULL ORDER BY id FOR NO KEY UPDATE),
  cleared AS (UPDATE messages m SET charged_month = NULL FROM held h WHERE m.id = h.id),
  freed AS (SELECT tenant_id, charged_month, count(*) AS answers FROM held GROUP BY tenant_id, charged_month)
  UPDATE usage_months u SET ai_answers = greatest(u.ai_answers - f.answers, 0)
  FROM freed f WHERE u.tenant_id = f.tenant_id AND u.month = f.charged_month`;

/** $3: a time to use instead of now, or null. */
export const CURRENT = `
  WITH period AS (SELECT date_trunc('month', coalesce($3::timestamptz, now()) AT TIME ZONE 'UTC') AS start)
  SELECT coalesce((SELECT s.type::text FROM subscriptions s
      WHERE s.tenant_id = $1 AND s.active AND (s.ends_at IS NULL OR s.ends_at > now())), 'FREE') AS plan,
    coalesce((SELECT u.ai_answers FROM usage_months u WHERE u.tenant_id = $1 AND u.month = p.start::date), 0) AS used,
    ${LIMIT} AS "limit", (p.start + interval '1 month') AT TIME ZONE 'UTC' AS "resetsAt"
  FROM period p`;
