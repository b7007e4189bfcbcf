// Who gets a broadcast, and who does not and why: the same words for the preflight and for the rows that are written.

/** Whether the customer's last message is older than the part of $1 allows for the platform; a platform it does not name: never. */
const isShut = (part: 'windows' | 'templates'): string => `$1::jsonb -> '${part}' ? n.platform::text AND NOT coalesce((
      SELECT m.created_at FROM messages m WHERE m.conversation_id = v.id AND m.direction = 'in' ORDER BY m.id DESC LIMIT 1)
    > now() - ($1::jsonb -> '${part}' ->> n.platform::text)::bigint * interval '1 ms', false)`;

/**
 * Over customers `c` with their connection `n` and private conversation `v`. $1: rulesFor the broadcast. $2: the platforms
 * that can be sent to.
 */
const SKIP = `CASE
  WHEN c.unreachable_at IS NOT NULL THEN 'blocked'
  WHEN c.opted_out_at IS NOT NULL THEN 'opted_out'
  WHEN v.id IS NULL THEN 'no_chat'
  WHEN NOT n.enabled OR n.state = 'FAILED' OR NOT n.platform::text = ANY($2::text[]) THEN 'connection_off'
  WHEN $1::jsonb -> 'noPhoto' ? n.platform::text THEN 'no_photo'
  WHEN ${isShut('windows')} THEN CASE WHEN $1::jsonb -> 'takesTemplates' ? n.platform::text THEN 'no_template' ELSE 'window_closed' END
END`;
/** Of those who are not left out: whether they get the approved template. */
const BY_TEMPLATE = `s.skip IS NULL AND ${isShut('templates')}`;
const FATE = `CROSS JOIN LATERAL (SELECT ${SKIP} AS skip) s`;

// A private chat has the customer's own id on every platform.
const CHAT = 'v.connection_id = c.connection_id AND v.chat_id = c.platform_user_id AND NOT v.is_group';
const CONNECTION = 'JOIN connections n ON n.id = c.connection_id';
/** Of all customers at once. */
const JOINS = `${CONNECTION} LEFT JOIN conversations v ON ${CHAT}`;
/** Of a few among many: a look-up by index for each, whatever the planner believes. */
const LOOK_UPS = `${CONNECTION} LEFT JOIN LATERAL (SELECT * FROM conversations v WHERE ${CHAT} LIMIT 1) v ON true`;

const KNOWN_LANGUAGE = `coalesce(v.language, lower(split_part(c.language, '-', 1)), 'uz')`;
/** What the customer is written to in. */
export const LANGUAGE = `CASE WHEN ${KNOWN_LANGUAGE} IN ('en', 'ru', 'uz', 'uz-Cyrl') THEN ${KNOWN_LANGUAGE} ELSE 'uz' END`;

/** $3: channel, $4: language without script, $5: days; each null for all. */
export const AUDIENCE = `($3::text IS NULL OR n.platform::text = $3)
  AND ($4::text IS NULL OR left(${LANGUAGE}, 2) = $4)
  AND ($5::int IS NULL OR v.last_message_at > now() - $5::int * interval '1 day')`;

/** $6: tenant, $7: bot. */
export const GROUPS = `
  SELECT c.connection_id AS "connectionId", n.platform AS channel, s.skip, ${BY_TEMPLATE} AS "byTemplate", count(*) AS count
  FROM customers c ${JOINS} ${FATE}
  WHERE c.tenant_id = $6 AND c.bot_id = $7 AND ${AUDIENCE}
  GROUP BY 1, 2, 3, 4`;

/**
 * Writes down the next recipients of a broadcast that is being prepared. $6: broadcast, $7: bot, $8: the last customer looked
 * at (a customer before all others at first), $9: how many to look at. The broadcast's row is locked, so that of two
 * processes one does it; `looked` is null for the other.
 */
export const PREPARE = `
  WITH b AS MATERIALIZED (
    SELECT id FROM broadcasts WHERE id = $6 AND state = 'preparing' AND coalesce(prepared_to, '00000000-0000-0000-0000-000000000000') = $8
    FOR UPDATE SKIP LOCKED),
  chunk AS MATERIALIZED (
    SELECT * FROM customers WHERE bot_id = $7 AND id > $8 AND EXISTS (SELECT 1 FROM b) ORDER BY id LIMIT $9),
  written AS (
    INSERT INTO broadcast_recipients (broadcast_id, connection_id, customer_id, conversation_id, chat_id, language, by_template, state, reason)
    SELECT $6::uuid, c.connection_id, c.id, v.id, c.platform_user_id, ${LANGUAGE}, ${BY_TEMPLATE},
      CASE WHEN s.skip IS NULL THEN 'queued' ELSE 'skipped' END::"RecipientState", s.skip
    FROM chunk c ${LOOK_UPS} ${FATE}
    WHERE ${AUDIENCE} ORDER BY c.id
    ON CONFLICT (broadcast_id, customer_id) DO NOTHING),
  moved AS (
    UPDATE broadcasts SET prepared_to = coalesce((SELECT id FROM chunk ORDER BY id DESC LIMIT 1), prepared_to)
    WHERE id IN (SELECT id FROM b) RETURNING prepared_to)
  SELECT prepared_to AS "preparedTo", (SELECT count(*) FROM chunk) AS looked FROM moved`;

/**
 * All are written down: takes them from the month's room and lets them go, or halts. $1: broadcast, $2: the plan's recipients
 * a month.
 */
export const BEGIN = `
  WITH b AS MATERIALIZED (
    SELECT id, tenant_id, bot_id, date_trunc('month', now() AT TIME ZONE 'UTC')::date AS month,
      (SELECT count(*) FROM broadcast_recipients r WHERE r.broadcast_id = $1 AND r.state = 'queued')::int AS size
    FROM broadcasts WHERE id = $1 AND state = 'preparing' FOR UPDATE),
  room AS (
    INSERT INTO usage_months AS u (tenant_id, month, broadcast_recipients)
    SELECT tenant_id, month, size FROM b WHERE size <= $2
    ON CONFLICT (tenant_id, month) DO UPDATE SET broadcast_recipients = u.broadcast_recipients + excluded.broadcast_recipients
      WHERE u.broadcast_recipients + excluded.broadcast_recipients <= $2
    RETURNING 1),
  rates AS (INSERT INTO send_rates (connection_id) SELECT n.id FROM connections n JOIN b ON n.bot_id = b.bot_id ON CONFLICT DO NOTHING)
  UPDATE broadcasts t SET started_at = coalesce(t.started_at, now()),
    state = CASE WHEN EXISTS (SELECT 1 FROM room) THEN 'sending' ELSE 'halted' END::"BroadcastState",
    state_reason = CASE WHEN EXISTS (SELECT 1 FROM room) THEN NULL ELSE 'plan_limit' END,
    reserved = CASE WHEN EXISTS (SELECT 1 FROM room) THEN b.size END
  FROM b WHERE t.id = b.id
  RETURNING t.state`;
