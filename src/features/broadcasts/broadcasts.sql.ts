// Statements of the owner's side. $1 tenant, $2 bot, $3 broadcast, unless said otherwise.
const COLUMNS = `id, text, button_label AS "buttonLabel", button_url AS "buttonUrl", photo_id AS "photoId", template, channel, language, active_days AS "activeDays",
  state, state_reason AS "stateReason", scheduled_at AS "scheduledAt", created_at AS "createdAt", started_at AS "startedAt",
  finished_at AS "finishedAt", counts`;
const OURS = 'tenant_id = $1 AND bot_id = $2 AND id = $3';

export const LIST = `SELECT ${COLUMNS} FROM broadcasts WHERE tenant_id = $1 AND bot_id = $2 ORDER BY created_at DESC, id DESC LIMIT 50`;
export const FIND = `SELECT ${COLUMNS} FROM broadcasts WHERE ${OURS}`;

/** $3: draft, $4: content hash. */
export const SAME = `SELECT id FROM broadcasts WHERE tenant_id = $1 AND bot_id = $2 AND content_hash = $4 AND (draft_id = $3
    OR (state <> 'cancelled' AND created_at > now() - interval '2 minutes'))
  ORDER BY (draft_id = $3) DESC LIMIT 1`;

/** What a broadcast is, in the order of `contentValues`. */
const CONTENT = [
  'text',
  'button_label',
  'button_url',
  'photo_id',
  'template',
  'channel',
  'language',
  'active_days',
  'scheduled_at',
];
const TYPES: Record<string, string> = { template: '::jsonb', channel: '::"Platform"', scheduled_at: '::timestamptz' };
const valuesFrom = (first: number): string[] => CONTENT.map((column, at) => `$${first + at}${TYPES[column] ?? ''}`);
const stateFor = (scheduledAt: string): string =>
  `CASE WHEN ${scheduledAt} IS NULL THEN 'preparing' ELSE 'scheduled' END::"BroadcastState"`;

/** Who goes back to a form that was sent, and changes it, means another broadcast: it gets a draft of its own. */
export const INSERT = `
  INSERT INTO broadcasts (id, tenant_id, bot_id, created_by, draft_id, content_hash, ${CONTENT}, state)
  VALUES ($1, $2, $3, $4, CASE WHEN EXISTS (SELECT 1 FROM broadcasts WHERE tenant_id = $2 AND draft_id = $5) THEN $1 ELSE $5 END, $6,
    ${valuesFrom(7)}, ${stateFor('$15::timestamptz')})`;

/** $4: content hash. Until it begins; whoever comes first, this or the beginning, the other sees what it did. */
export const EDIT = `
  UPDATE broadcasts SET content_hash = $4, ${CONTENT.map((column, at) => `${column} = ${valuesFrom(5)[at]}`)},
    state = ${stateFor('$13::timestamptz')}
  WHERE ${OURS} AND state = 'scheduled'`;

/** $2: broadcast. */
export const COUNTS = `
  SELECT CASE WHEN r.state = 'queued' AND b.state = 'cancelled' THEN 'skipped' ELSE r.state::text END AS state,
    CASE WHEN r.state = 'queued' AND b.state = 'cancelled' THEN 'cancelled' ELSE r.reason END AS reason, count(*) AS count
  FROM broadcasts b JOIN broadcast_recipients r ON r.broadcast_id = b.id
  WHERE b.tenant_id = $1 AND b.id = $2 GROUP BY 1, 2`;

export const PAUSE = `UPDATE broadcasts SET state = 'paused' WHERE ${OURS} AND state IN ('preparing', 'sending')`;

/** One that halted because too many failed goes on all the same: the owner wants it. */
export const RESUME = `
  UPDATE broadcasts SET state = CASE WHEN reserved IS NULL THEN 'preparing' ELSE 'sending' END::"BroadcastState", state_reason = NULL,
    start_checked = start_checked OR coalesce(state_reason IN ('many_failures', 'template'), false)
  WHERE ${OURS} AND state IN ('paused', 'halted')`;

/** What has not gone out is given back to the month it was taken from. */
export const CANCEL = `
  WITH b AS MATERIALIZED (
    SELECT id, tenant_id, reserved, date_trunc('month', started_at AT TIME ZONE 'UTC')::date AS month,
      (SELECT count(*) FROM broadcast_recipients r WHERE r.broadcast_id = $3 AND r.state = 'queued') AS unsent
    FROM broadcasts WHERE ${OURS} AND state NOT IN ('finished', 'cancelled') FOR UPDATE),
  freed AS (
    UPDATE usage_months u SET broadcast_recipients = greatest(0, u.broadcast_recipients - b.unsent)
    FROM b WHERE b.reserved IS NOT NULL AND u.tenant_id = b.tenant_id AND u.month = b.month)
  UPDATE broadcasts t SET state = 'cancelled', state_reason = NULL, finished_at = now() FROM b WHERE t.id = b.id`;

/** Those of whom we do not know whether they got it are sent it again, maybe for the second time. */
export const RESEND = `
  WITH b AS MATERIALIZED (
    SELECT id FROM broadcasts WHERE ${OURS} AND state IN ('sending', 'paused', 'halted', 'finished') FOR UPDATE),
  again AS (
    UPDATE broadcast_recipients r SET state = 'queued', reason = NULL, claim = NULL, claimed_at = NULL
    FROM b WHERE r.broadcast_id = b.id AND r.state = 'unconfirmed' RETURNING 1)
  UPDATE broadcasts t SET finished_at = NULL,
    state = CASE WHEN t.state = 'finished' THEN 'sending' ELSE t.state END
  FROM b WHERE t.id = b.id AND EXISTS (SELECT 1 FROM again)`;
