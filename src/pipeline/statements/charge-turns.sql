-- Charges turns, each once. The messages of a turn are locked first, so that of two tries of one turn the second finds the
-- first one's charge. begin-turns.sql charges single questions in the same way.
-- `month`: the month charged, or null. `pause`: null, 'lost' (another worker has the conversation), 'day' (the customer has asked
-- enough today), or 'minute' (too fast), and then 'told' for all but the first of a pause.
-- `beyond_ceiling`: the plan has answers left, but the month's cost has reached the owner's ceiling.
-- `counted` is false where the tenant has no row of this month yet: open-usage-months.sql adds it.
-- The transaction does not wait for the disk. The reply saved after it takes it along, and without a reply nothing is to pay.
WITH input AS (
  SELECT *
  FROM unnest(:tenantIds::uuid[], :conversationIds::uuid[], :customerIds::uuid[], :epochs::bigint[]) WITH ORDINALITY
    AS i (tenant_id, conversation_id, customer_id, epoch, ord)
), locked AS MATERIALIZED (
  SELECT id, charged_month
  FROM messages
  WHERE id = ANY(:messageIds::bigint[])
  ORDER BY id
  FOR NO KEY UPDATE
), turn AS MATERIALIZED (
  SELECT
    i.*,
    m.last_id,
    m.charged,
    row_number() OVER (PARTITION BY i.customer_id, m.charged IS NULL ORDER BY i.ord) AS nth,
    (SELECT w.epoch FROM conversation_work w WHERE w.conversation_id = i.conversation_id) = i.epoch AS ours
  FROM input i
  JOIN (
    SELECT
      u.ord,
      max(l.id) AS last_id,
      max(l.charged_month) AS charged
    FROM unnest(:messageIds, :messageTurns::bigint[]) AS u (id, ord)
    JOIN locked l ON l.id = u.id
    GROUP BY u.ord
  ) m ON m.ord = i.ord
), asking AS MATERIALIZED (
  -- Customers are locked, so that questions in several chats at once are counted one after the other.
  SELECT
    id,
    :answersPerMinute::int - CASE WHEN ai_minute > now() - interval '1 minute' THEN ai_minute_questions ELSE 0 END AS minute_left,
    :answersPerDay::int - CASE WHEN ai_day = (now() AT TIME ZONE 'UTC')::date THEN ai_day_questions ELSE 0 END AS day_left,
    coalesce(pause_told_at >= ai_minute, FALSE) AS told
  FROM customers
  WHERE :answersPerMinute > 0
    AND id = ANY(:customerIds)
  ORDER BY id
  FOR NO KEY UPDATE
), judged AS MATERIALIZED (
  SELECT
    t.*,
    CASE
      WHEN t.ours IS NOT TRUE THEN 'lost'
      WHEN t.charged IS NOT NULL OR a.id IS NULL THEN NULL
      WHEN t.nth > a.day_left THEN 'day'
      WHEN t.nth = greatest(a.minute_left, 0) + 1 AND NOT a.told THEN 'minute'
      WHEN t.nth > a.minute_left THEN 'told'
    END AS pause
  FROM turn t
  LEFT JOIN asking a ON a.id = t.customer_id
), wanting AS (
  SELECT
    w.*,
    row_number() OVER (PARTITION BY tenant_id ORDER BY ord) AS place
  FROM (
    SELECT DISTINCT ON (conversation_id) *
    FROM judged
    WHERE charged IS NULL
      AND pause IS NULL
    ORDER BY conversation_id, last_id
  ) w
), room AS MATERIALIZED (
  SELECT
    u.tenant_id,
    u.month,
    coalesce(p.plan, 'FREE') = 'FREE' AS free,
    coalesce(p.max_messages, :freeLimit::int) - u.ai_answers AS answers,
    coalesce(u.cost_micro_usd * :usdUzs::float8 >= te.cost_ceiling_uzs * 1000000.0, FALSE) AS beyond_ceiling
  FROM usage_months u
  JOIN tenants te ON te.id = u.tenant_id
  LEFT JOIN active_plans(now()) p ON p.tenant_id = u.tenant_id
  WHERE u.tenant_id = ANY(:tenantIds)
    AND u.month = utc_month(now())
  ORDER BY u.tenant_id
  FOR NO KEY UPDATE OF u
), granted AS (
  SELECT
    w.conversation_id,
    w.tenant_id,
    w.last_id,
    w.customer_id,
    r.month,
    r.free
  FROM wanting w
  JOIN room r ON r.tenant_id = w.tenant_id
  WHERE w.place <= r.answers
    AND NOT r.beyond_ceiling
), counted AS (
  UPDATE usage_months u
  SET ai_answers = u.ai_answers + g.answers
  FROM (SELECT tenant_id, month, count(*) AS answers FROM granted GROUP BY tenant_id, month) g
  WHERE u.tenant_id = g.tenant_id
    AND u.month = g.month
), noted AS (
  UPDATE customers c
  SET
    ai_minute = CASE WHEN c.ai_minute > now() - interval '1 minute' THEN c.ai_minute ELSE now() END,
    ai_minute_questions = CASE WHEN c.ai_minute > now() - interval '1 minute' THEN c.ai_minute_questions ELSE 0 END + n.questions,
    ai_day = (now() AT TIME ZONE 'UTC')::date,
    ai_day_questions = CASE WHEN c.ai_day = (now() AT TIME ZONE 'UTC')::date THEN c.ai_day_questions ELSE 0 END + n.questions,
    pause_told_at = CASE WHEN n.tells THEN now() ELSE c.pause_told_at END
  FROM (
    SELECT
      t.customer_id,
      count(g.last_id) AS questions,
      coalesce(bool_or(t.pause = 'minute'), FALSE) AS tells
    FROM judged t
    LEFT JOIN granted g ON g.last_id = t.last_id
    GROUP BY t.customer_id
  ) n
  WHERE :answersPerMinute > 0
    AND c.id = n.customer_id
    AND (n.questions > 0 OR n.tells)
), marked AS (
  UPDATE messages m
  SET charged_month = g.month
  FROM granted g
  WHERE m.id = g.last_id
)
SELECT
  t.ord,
  coalesce(t.charged, g.month)::text AS month,
  coalesce(g.free, r.free, TRUE) AS free,
  t.pause,
  coalesce(r.beyond_ceiling AND r.answers > 0, FALSE) AS beyond_ceiling,
  r.tenant_id IS NOT NULL AS counted
FROM async_commit()
CROSS JOIN judged t
LEFT JOIN granted g ON g.conversation_id = t.conversation_id
LEFT JOIN room r ON r.tenant_id = t.tenant_id
