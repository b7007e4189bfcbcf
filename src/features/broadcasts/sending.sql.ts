import { START_MESSAGES } from '#core/broadcast-state.ts';

export const DUE = `UPDATE broadcasts SET state = 'preparing' WHERE state = 'scheduled' AND scheduled_at <= now()`;
/** Open broadcasts, and those that are due. Of a bot's several the oldest sends first, so that nobody gets two messages in a second. */
export const OPEN = `
  SELECT DISTINCT ON (b.bot_id, b.state) b.id, b.tenant_id AS "tenantId", b.bot_id AS "botId", b.text, b.button_label AS "buttonLabel",
    b.button_url AS "buttonUrl", b.photo_id AS "photoId", b.template, b.channel, b.language, b.active_days AS "activeDays", b.state, b.prepared_to AS "preparedTo",
    b.start_checked AS "startChecked"
  FROM broadcasts b JOIN tenants t ON t.id = b.tenant_id
  WHERE (b.state IN ('preparing', 'sending') OR b.state = 'scheduled' AND b.scheduled_at <= now()) AND t.suspended_at IS NULL
  ORDER BY b.bot_id, b.state, b.started_at, b.created_at`;

export const LANES = `SELECT n.id, n.platform FROM connections n
  WHERE n.bot_id = $1 AND EXISTS (
    SELECT 1 FROM broadcast_recipients r WHERE r.broadcast_id = $2 AND r.connection_id = n.id AND r.state IN ('queued', 'sending'))`;

/** A connection that was deleted takes its customers along; nobody is left to send these to. */
export const ORPHANS = `UPDATE broadcast_recipients r SET state = 'skipped', reason = 'connection_off'
  WHERE r.broadcast_id = $1 AND r.state = 'queued' AND NOT EXISTS (SELECT 1 FROM connections n WHERE n.id = r.connection_id)`;

// $6 of CLAIM: written to freely no more.
const SHUT = `$6::bigint IS NOT NULL AND NOT coalesce((
      SELECT m.created_at FROM messages m WHERE m.conversation_id = r.conversation_id AND m.direction = 'in' ORDER BY m.id DESC LIMIT 1)
    > clock_timestamp() - $6::bigint * interval '1 ms', false)`;

// Whoever comes at most so late for slots, by a statement and a timer, has lost nothing: else the rate would never be reached.
// Even so there are six claims of five in a second at most (core/plan-broadcast), and thirty messages are what Telegram takes.
const LATE_MS = 70;

/**
 * Takes send slots and the recipients to use them on, in one statement: whoever takes slots moves the connection's next_at,
 * so all processes together keep the rate. The first fifty go alone. Whoever wrote or got an answer within the last second
 * comes later (one message a second per chat). $1 broadcast, $2 connection, $3 how many, $4 claim, $5 ms per message, $6 ms
 * after a customer's last message in which we may write freely (null: always), $7 whether there is a template for later,
 * $8 whether the channel takes templates.
 */
export const CLAIM = `
  WITH b AS MATERIALIZED (
    SELECT b.id, n.id AS connection_id, n.tenant_id, n.platform, n.sealed_secrets,
      CASE WHEN b.start_checked THEN $3::int ELSE least($3::int, ${START_MESSAGES} - (
        SELECT count(*) FROM broadcast_recipients r WHERE r.broadcast_id = $1
          AND r.state IN ('sending', 'sent', 'delivered', 'read', 'failed', 'unconfirmed'))) END AS room
    FROM broadcasts b JOIN tenants t ON t.id = b.tenant_id JOIN connections n ON n.id = $2
    WHERE b.id = $1 AND b.state = 'sending' AND t.suspended_at IS NULL AND n.enabled AND n.state <> 'FAILED'),
  picked AS MATERIALIZED (
    SELECT r.id, r.customer_id, ${SHUT} AS shut FROM broadcast_recipients r
    WHERE r.broadcast_id = $1 AND r.connection_id = $2 AND r.state = 'queued' AND coalesce(
      (SELECT v.last_message_at FROM conversations v WHERE v.id = r.conversation_id) < clock_timestamp() - interval '1 second', true)
    ORDER BY r.id LIMIT (SELECT greatest(0, coalesce(max(room), 0)) FROM b) FOR UPDATE OF r SKIP LOCKED),
  granted AS (
    UPDATE send_rates s
    SET next_at = greatest(s.next_at, clock_timestamp() - interval '${LATE_MS} ms') + (SELECT count(*) FROM picked) * $5::int * interval '1 ms'
    WHERE s.connection_id = $2 AND s.next_at <= clock_timestamp() AND EXISTS (SELECT 1 FROM picked) RETURNING next_at),
  claimed AS (
    UPDATE broadcast_recipients r SET claim = $4, claimed_at = clock_timestamp(), by_template = p.shut AND $7::boolean,
      state = CASE WHEN s.skip IS NULL THEN 'sending' ELSE 'skipped' END::"RecipientState", reason = s.skip
    FROM picked p LEFT JOIN customers c ON c.id = p.customer_id CROSS JOIN LATERAL (SELECT CASE
      WHEN c.opted_out_at IS NOT NULL THEN 'opted_out'
      WHEN c.id IS NULL OR c.unreachable_at IS NOT NULL THEN 'blocked'
      WHEN p.shut AND NOT $7::boolean THEN CASE WHEN $8::boolean THEN 'no_template' ELSE 'window_closed' END
    END AS skip) s
    WHERE r.id = p.id AND EXISTS (SELECT 1 FROM granted)
    RETURNING r.id, r.chat_id, r.language, r.by_template, r.state)
  SELECT coalesce((SELECT json_agg(json_build_object('id', id, 'chatId', chat_id, 'language', language, 'byTemplate', by_template))
      FROM claimed WHERE state = 'sending'), '[]') AS rows,
    (SELECT json_build_object('id', connection_id, 'tenantId', tenant_id, 'platform', platform, 'sealedSecrets', sealed_secrets) FROM b)
      AS connection,
    (SELECT count(*) FROM picked)::int AS picked,
    EXISTS (SELECT 1 FROM broadcast_recipients WHERE broadcast_id = $1 AND connection_id = $2 AND state = 'queued') AS "left",
    coalesce(extract(epoch FROM coalesce((SELECT next_at FROM granted), (SELECT next_at FROM send_rates WHERE connection_id = $2))
      - clock_timestamp()) * 1000, 0)::int AS "waitMs"`;

// What stands in the conversation. Of a template Meta has the words; we know what filled them.
const TEMPLATE_WORDS = `concat_ws(': ', b.template ->> 'name', (
        SELECT string_agg(value, ' · ') FROM jsonb_array_elements_text(b.template -> 'parameters') value))`;
const WORDS = `CASE WHEN s.by_template THEN ${TEMPLATE_WORDS} ELSE b.text || coalesce(E'\\n\\n' || b.button_label || ': ' || b.button_url, '') END`;
const KIND = `CASE WHEN b.photo_id IS NOT NULL AND NOT s.by_template THEN 'photo' ELSE 'text' END`;

/**
 * What became of claimed recipients; only their claimer may say. One that was given up as unconfirmed meanwhile is still
 * corrected. What was sent stands in the conversation: whoever answers the customer's next question, a person or the AI, must
 * know of it. Receipts come for the last of several messages. A customer who blocked the bot is unreachable from now on.
 * Columns: id, claim, state, reason, external id.
 */
export const SETTLE = `
  WITH said AS (
    SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::text[]) AS x(id, claim, state, reason, external_id)),
  settled AS (
    UPDATE broadcast_recipients r SET state = x.state::"RecipientState", reason = x.reason,
      external_id = split_part(x.external_id, ',', -1),
      sent_at = CASE WHEN x.state = 'sent' THEN now() END, claim = CASE WHEN x.state <> 'queued' THEN r.claim END
    FROM said x WHERE r.id = x.id AND r.claim = x.claim AND r.state IN ('sending', 'unconfirmed')
    RETURNING r.*, x.external_id AS all_ids),
  kept AS (
    INSERT INTO messages (tenant_id, conversation_id, connection_id, customer_id, direction, external_id, kind, text, status, mode, sent_at)
    SELECT v.tenant_id, v.id, s.connection_id, s.customer_id, 'out', s.all_ids,
      ${KIND}, ${WORDS}, 'sent', 'broadcast', now()
    FROM settled s JOIN broadcasts b ON b.id = s.broadcast_id JOIN conversations v ON v.id = s.conversation_id
    WHERE s.state = 'sent' ORDER BY s.id)
  UPDATE customers c SET unreachable_at = now() FROM settled s
  WHERE c.id = s.customer_id AND s.reason IN ('blocked_by_customer', 'chat_gone') AND c.unreachable_at IS NULL`;

/** $1: ms after which nobody can still be sending; 0 where no other process can live. */
export const LAPSE = `UPDATE broadcast_recipients SET state = 'unconfirmed', reason = 'interrupted'
  WHERE state = 'sending' AND claimed_at <= clock_timestamp() - $1::int * interval '1 ms'`;

/** Before another part goes to the same chat: still ours? */
export const TOUCH = `UPDATE broadcast_recipients SET claimed_at = clock_timestamp() WHERE id = $1 AND claim = $2 AND state = 'sending'`;

export const PAUSE_RATE = `UPDATE send_rates SET next_at = greatest(next_at, clock_timestamp() + $2::int * interval '1 ms') WHERE connection_id = $1`;

export const START_COUNTS = `SELECT count(*) FILTER (WHERE state <> 'sending')::int AS settled,
    count(*) FILTER (WHERE state IN ('failed', 'unconfirmed'))::int AS failed
  FROM broadcast_recipients WHERE broadcast_id = $1 AND state IN ('sending', 'sent', 'delivered', 'read', 'failed', 'unconfirmed')`;
export const START_OK = `UPDATE broadcasts SET start_checked = true WHERE id = $1`;
/** $2: why. What failed at the start is looked at until the start is over. */
export const HALT = `UPDATE broadcasts SET state = 'halted', state_reason = $2
  WHERE id = $1 AND state = 'sending' AND ($2 NOT IN ('many_failures', 'template') OR NOT start_checked)`;

/** The next broadcast of the bot waits a second: it may begin with the chat this one ended with. */
export const FINISH = `
  WITH done AS (
    UPDATE broadcasts b SET state = 'finished', finished_at = now()
    WHERE b.id = $1 AND b.state = 'sending' AND NOT EXISTS (
      SELECT 1 FROM broadcast_recipients r WHERE r.broadcast_id = b.id AND r.state IN ('queued', 'sending'))
    RETURNING b.bot_id),
  rested AS (
    UPDATE send_rates s SET next_at = greatest(s.next_at, clock_timestamp() + interval '1 second')
    FROM connections n, done WHERE n.id = s.connection_id AND n.bot_id = done.bot_id)
  SELECT count(*)::int AS done FROM done`;

/** What lists show; pages count anew. */
export const NOTE_COUNTS = `UPDATE broadcasts SET counts = (
    SELECT coalesce(jsonb_object_agg(state, n), '{}') FROM (
      SELECT state, count(*) AS n FROM broadcast_recipients WHERE broadcast_id = $1 GROUP BY state) c)
  WHERE id = $1`;
