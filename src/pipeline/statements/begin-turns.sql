-- Reads all that the turns of claimed conversations need: what waits, the history, the bot, a reply of an earlier try.
-- No row: another worker has the conversation, or it is gone.
-- A single question that the AI surely gets is charged here, so that it needs no statement of its own (:charges: an AI is
-- configured). The transaction does not wait for the disk, because what must last is saved after it and takes it along.
WITH turn AS MATERIALIZED (
  SELECT
    c.id,
    c.tenant_id,
    c.bot_id,
    c.customer_id,
    c.chat_id,
    c.is_group,
    c.language,
    c.language_chosen,
    c.needs_person_at,
    w.epoch,
    w.requests,
    n.id AS connection_id,
    n.tenant_id AS connection_tenant_id,
    n.platform,
    n.sealed_secrets,
    te.time_zone,
    is_stopped(n.enabled, n.failure_reason, te.suspended_at) AS stopped,
    n.enabled AND te.suspended_at IS NULL AND coalesce(n.failure_reason = 'plan_limit', FALSE) AS beyond_plan,
    coalesce(c.silenced_until > now(), FALSE) AS silenced,
    u.*,
    r.reply,
    coalesce(r.open_replies, 0) AS open_replies
  FROM unnest(:conversationIds::uuid[], :epochs::bigint[]) AS x (conversation_id, epoch)
  CROSS JOIN LATERAL (
    SELECT *
    FROM conversation_work
    WHERE conversation_id = x.conversation_id
      AND epoch = x.epoch
    LIMIT 1
  ) w
  JOIN conversations c ON c.id = w.conversation_id
  JOIN connections n ON n.id = c.connection_id
  JOIN tenants te ON te.id = c.tenant_id
  CROSS JOIN LATERAL (
    SELECT
      json_agg(
        json_build_object(
          'id', m.id,
          'externalId', m.external_id,
          'kind', m.kind,
          'text', m.text,
          'attachment', m.attachment,
          'mediaText', m.media_text,
          'refersTo', m.refers_to,
          'senderId', m.customer_id,
          'place', m.place,
          'ageMs', (extract(epoch FROM now() - coalesce(m.written_at, m.created_at)) * 1000)::bigint
        )
        ORDER BY m.id
      ) AS waiting,
      (array_agg(m.customer_id ORDER BY m.id DESC))[1] AS sender_id,
      count(*) AS messages,
      min(m.id) AS message_id,
      min(m.kind) AS kind,
      min(m.text) AS text,
      min(coalesce(m.written_at, m.created_at)) AS written_at,
      count(m.attachment->>'choice') AS choices
    FROM (
      -- Only what came in is ever 'received'. With a condition on the direction the planner may read the index of all that
      -- came in. `id + 0` keeps it from walking the conversation's whole index.
      SELECT *
      FROM messages
      WHERE conversation_id = c.id
        AND status = 'received'
      ORDER BY id + 0
      LIMIT :mostWaiting::int
    ) m
  ) u
  LEFT JOIN LATERAL (
    -- Only what goes out has these statuses. An open reply is never older than the work.
    SELECT
      (json_agg(o.reply ORDER BY o.id))->0 AS reply,
      count(*)::int AS open_replies
    FROM (
      SELECT
        m.id,
        json_build_object(
          'id', m.id,
          'text', m.text,
          'status', m.status,
          'mode', m.mode,
          'choices', m.choices,
          'kind', m.kind,
          'attachment', m.attachment,
          'sentParts', m.sent_parts,
          'externalId', m.external_id,
          -- A reply of the staff goes to where somebody wrote last.
          'place', CASE
            WHEN m.reply_to_id IS NOT NULL THEN q.place
            WHEN m.follow_up_to_id IS NOT NULL THEN (SELECT f.place FROM messages f WHERE f.id = m.follow_up_to_id)
            ELSE (
              SELECT i.place
              FROM messages i
              WHERE i.conversation_id = c.id
                AND i.direction = 'in'
              ORDER BY i.id DESC
              LIMIT 1
            )
          END,
          'ageMs', (extract(epoch FROM now() - coalesce(q.created_at, m.created_at)) * 1000)::bigint,
          'customerAgeMs', (
            extract(
              epoch FROM now() - CASE
                WHEN m.reply_to_id IS NULL THEN last_written_at(c.id)
                ELSE coalesce(q.written_at, q.created_at)
              END
            ) * 1000
          )::bigint
        ) AS reply
      FROM messages m
      LEFT JOIN messages q ON q.id = m.reply_to_id
      WHERE m.conversation_id = c.id
        AND m.id >= w.first_message_id
        AND m.status IN ('pending', 'sending')
      ORDER BY m.id
      LIMIT 2
    ) o
  ) r ON TRUE
), chargeable AS (
  -- Commands are answered by fixed sentences. If one slips through, its charge is given back.
  SELECT
    id AS conversation_id,
    tenant_id,
    message_id,
    sender_id AS customer_id
  FROM turn
  WHERE :charges::boolean
    AND messages = 1
    AND kind = 'text'
    AND choices = 0
    AND text !~* '^\s*/?(start|stop|стоп)'
    AND text ~ '\S'
    -- A late message may be left to a person, so it is charged when the AI is asked.
    AND written_at > now() - interval '1 hour'
    AND NOT stopped
    AND NOT silenced
    AND reply IS NULL
), held AS MATERIALIZED (
  SELECT
    id,
    tenant_id,
    conversation_id,
    charged_month
  FROM messages
  WHERE id = ANY(ARRAY(SELECT message_id FROM chargeable))
  ORDER BY id
  FOR NO KEY UPDATE
), asking AS MATERIALIZED (
  -- Customers are locked, so that questions in several chats at once are counted one after the other.
  SELECT
    id,
    :answersPerMinute::int - CASE WHEN ai_minute > now() - interval '1 minute' THEN ai_minute_questions ELSE 0 END AS minute_left,
    :answersPerDay::int - CASE WHEN ai_day = (now() AT TIME ZONE 'UTC')::date THEN ai_day_questions ELSE 0 END AS day_left
  FROM customers
  WHERE :answersPerMinute > 0
    AND id = ANY(ARRAY(SELECT customer_id FROM chargeable))
  ORDER BY id
  FOR NO KEY UPDATE
), wanting AS (
  -- Of a customer who asks too much charge-turns.sql says why not.
  SELECT
    w.*,
    row_number() OVER (PARTITION BY w.tenant_id ORDER BY w.last_id) AS place
  FROM (
    SELECT
      h.tenant_id,
      h.conversation_id,
      h.id AS last_id,
      c.customer_id,
      row_number() OVER (PARTITION BY c.customer_id ORDER BY h.id) AS nth
    FROM held h
    JOIN chargeable c ON c.message_id = h.id
    WHERE h.charged_month IS NULL
  ) w
  LEFT JOIN asking a ON a.id = w.customer_id
  WHERE a.id IS NULL
    OR w.nth <= least(a.minute_left, a.day_left)
), room AS MATERIALIZED (
  -- The rows of the month are locked first, so that the room left counts every answer before.
  SELECT
    u.tenant_id,
    u.month,
    coalesce(p.plan, 'FREE') = 'FREE' AS free,
    coalesce(p.max_messages, :freeLimit::int) - u.ai_answers AS answers,
    coalesce(u.cost_micro_usd * :usdUzs::float8 >= te.cost_ceiling_uzs * 1000000.0, FALSE) AS beyond_ceiling
  FROM usage_months u
  JOIN tenants te ON te.id = u.tenant_id
  LEFT JOIN active_plans(now()) p ON p.tenant_id = u.tenant_id
  WHERE u.tenant_id = ANY(ARRAY(SELECT tenant_id FROM wanting))
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
), counted_customers AS (
  UPDATE customers c
  SET
    ai_minute = CASE WHEN c.ai_minute > now() - interval '1 minute' THEN c.ai_minute ELSE now() END,
    ai_minute_questions = CASE WHEN c.ai_minute > now() - interval '1 minute' THEN c.ai_minute_questions ELSE 0 END + g.questions,
    ai_day = (now() AT TIME ZONE 'UTC')::date,
    ai_day_questions = CASE WHEN c.ai_day = (now() AT TIME ZONE 'UTC')::date THEN c.ai_day_questions ELSE 0 END + g.questions
  FROM (SELECT customer_id, count(*) AS questions FROM granted GROUP BY customer_id) g
  WHERE :answersPerMinute > 0
    AND c.id = g.customer_id
), marked AS (
  UPDATE messages m
  SET charged_month = g.month
  FROM granted g
  WHERE m.id = g.last_id
), charged AS (
  SELECT
    h.conversation_id,
    coalesce(h.charged_month, g.month)::text AS month,
    coalesce(g.free, TRUE) AS free
  FROM held h
  LEFT JOIN granted g ON g.last_id = h.id
)
SELECT
  t.id AS conversation_id,
  t.epoch,
  t.requests,
  t.tenant_id,
  json_build_object(
    'id', b.id,
    'name', b.name,
    'systemPrompt', b.system_prompt,
    'greeting', b.greeting,
    'knowledgeVersion', b.knowledge_version,
    'factsVersion', coalesce(f.version, 0)
  ) AS bot,
  json_build_object(
    'id', t.connection_id,
    'tenantId', t.connection_tenant_id,
    'platform', t.platform,
    'sealedSecrets', t.sealed_secrets
  ) AS connection,
  coalesce(f.time_zone, t.time_zone) AS time_zone,
  t.stopped,
  t.beyond_plan AND NOT t.silenced AS beyond_plan,
  t.silenced,
  s.id AS customer_id,
  coalesce(nullif(concat_ws(' ', s.first_name, s.last_name), ''), s.username, '') AS customer_name,
  t.chat_id,
  t.is_group,
  t.language,
  t.language_chosen,
  s.language AS customer_language,
  t.needs_person_at IS NOT NULL AS needs_person,
  coalesce(t.waiting, '[]') AS waiting,
  coalesce(h.history, '[]') AS history,
  t.reply,
  t.open_replies,
  c.month AS charged_month,
  coalesce(c.free, TRUE) AS free
FROM async_commit()
CROSS JOIN turn t
JOIN bots b ON b.id = t.bot_id
LEFT JOIN business_facts f ON f.bot_id = t.bot_id
LEFT JOIN charged c ON c.conversation_id = t.id
LEFT JOIN customers s ON s.id = coalesce(t.sender_id, t.customer_id)
LEFT JOIN LATERAL (
  SELECT json_agg(
    json_build_object('role', CASE direction WHEN 'in' THEN 'customer' ELSE 'bot' END, 'text', text, 'at', at)
    ORDER BY id
  ) AS history
  FROM (
    SELECT
      id,
      direction,
      -- A recording, a picture, a place and a contact have no text, and later questions are about them. Without any words the
      -- answer to them would be lost too, because a history begins with the customer.
      CASE
        WHEN text <> '' THEN text || coalesce(E'\n' || media_text, '')
        WHEN kind = 'location' THEN concat_ws(
          ', ',
          '📍 ' || (attachment ->> 'title'),
          attachment ->> 'address',
          (attachment ->> 'latitude') || ' ' || (attachment ->> 'longitude')
        )
        WHEN kind = 'contact' THEN '👤 ' || concat_ws(', ', attachment ->> 'name', attachment ->> 'phone')
        WHEN kind = 'share' THEN coalesce(refers_to ->> 'text', '')
        WHEN media_text <> '' THEN media_text
        WHEN kind IN ('voice', 'audio') THEN '🎤'
        WHEN kind = 'photo' THEN '📷'
        WHEN kind = 'video' THEN '📹'
        WHEN kind = 'document' THEN concat_ws(' ', '📎', attachment ->> 'fileName')
        WHEN kind = 'sticker' THEN attachment ->> 'emoji'
        ELSE ''
      END AS text,
      status,
      coalesce(written_at, created_at) AS at
    FROM messages
    WHERE conversation_id = t.id
    ORDER BY id DESC
    LIMIT :historyRows::int
  ) recent
  WHERE text <> ''
    AND status IN ('answered', 'sent', 'delivered', 'read')
) h ON TRUE
