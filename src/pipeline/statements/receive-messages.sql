-- Stores messages with their customers and conversations, and asks for work, in one statement: all or nothing.
-- Conversations and customers are written in the order of their keys, and work in the order of conversation ids, here and
-- everywhere else, so that two statements cannot deadlock.
WITH owner AS (
  SELECT
    i.intake,
    c.id,
    c.tenant_id,
    c.bot_id
  FROM unnest(:connectionIds::uuid[], :leaseEpochs::int[]) WITH ORDINALITY AS i (connection_id, epoch, intake)
  JOIN connections c ON c.id = i.connection_id
  WHERE i.epoch IS NULL
    OR EXISTS (
      SELECT 1
      FROM leases l
      WHERE l.connection_id = c.id
        AND l.epoch = i.epoch
        AND l.expires_at > now()
    )
), input AS (
  -- Where people have two ids, the customer is found by either, and keeps the one they were first known by.
  SELECT
    x.intake,
    x.ord,
    x.external_id,
    coalesce(known.platform_user_id, x.chat_id) AS chat_id,
    x.is_group,
    x.chat_title,
    x.place,
    x.source,
    coalesce(known.platform_user_id, x.platform_user_id) AS platform_user_id,
    CASE
      WHEN known.platform_user_id IS NULL OR known.platform_user_id = x.platform_user_id THEN x.other_id
      WHEN known.platform_user_id = x.other_id THEN x.platform_user_id
      ELSE coalesce(x.other_id, x.platform_user_id)
    END AS other_id,
    x.username,
    x.first_name,
    x.last_name,
    x.language,
    x.kind,
    x.body,
    x.attachment,
    x.refers_to,
    x.written_at,
    x.status,
    x.quiet_ms,
    x.new_customer,
    x.new_conversation,
    o.id AS connection_id,
    o.tenant_id,
    o.bot_id
  FROM json_to_recordset(:messages::json) AS x (
    intake int,
    ord int,
    external_id text,
    chat_id text,
    is_group boolean,
    chat_title text,
    place jsonb,
    source text,
    platform_user_id text,
    other_id text,
    two_ids boolean,
    username text,
    first_name text,
    last_name text,
    language text,
    kind text,
    body text,
    attachment jsonb,
    refers_to jsonb,
    written_at timestamptz,
    status text,
    quiet_ms int,
    new_customer uuid,
    new_conversation uuid
  )
  JOIN owner o ON o.intake = x.intake
  LEFT JOIN LATERAL (
    -- Each in a branch with LIMIT 1, so that the planner uses the indexes.
    SELECT platform_user_id
    FROM (
      (
        SELECT platform_user_id, 1 AS place
        FROM customers
        WHERE x.two_ids
          AND connection_id = o.id
          AND platform_user_id = x.platform_user_id
        LIMIT 1
      )
      UNION ALL
      (
        SELECT platform_user_id, 2
        FROM customers
        WHERE x.two_ids
          AND connection_id = o.id
          AND platform_user_id = x.other_id
        LIMIT 1
      )
      UNION ALL
      (
        SELECT platform_user_id, 3
        FROM customers
        WHERE x.two_ids
          AND connection_id = o.id
          AND other_id = x.platform_user_id
        LIMIT 1
      )
      UNION ALL
      (
        SELECT platform_user_id, 4
        FROM customers
        WHERE x.two_ids
          AND connection_id = o.id
          AND other_id = x.other_id
        LIMIT 1
      )
    ) c
    ORDER BY place
    LIMIT 1
  ) known ON TRUE
  WHERE (
    SELECT m.id
    FROM messages m
    WHERE m.connection_id = o.id
      AND m.external_id = x.external_id
      AND m.direction = 'in'
    LIMIT 1
  ) IS NULL
), sender AS (
  -- A message without a sender's data changes nothing about the customer, so most messages write no customer.
  SELECT
    i.*,
    known.id AS known_id
  FROM (
    SELECT DISTINCT ON (connection_id, platform_user_id) *
    FROM input
    ORDER BY connection_id, platform_user_id, intake DESC, ord DESC
  ) i
  LEFT JOIN LATERAL (
    SELECT c.id
    FROM customers c
    WHERE c.connection_id = i.connection_id
      AND c.platform_user_id = i.platform_user_id
      AND c.unreachable_at IS NULL
      AND (i.other_id IS NULL OR c.other_id = i.other_id)
      AND (
        coalesce(i.username, i.first_name, i.last_name, i.language) IS NULL
        OR (c.username, c.first_name, c.last_name, c.language)
          IS NOT DISTINCT FROM (i.username, i.first_name, i.last_name, coalesce(i.language, c.language))
      )
    LIMIT 1
  ) known ON TRUE
), written AS (
  INSERT INTO customers AS c (
    id,
    tenant_id,
    bot_id,
    connection_id,
    platform_user_id,
    other_id,
    username,
    first_name,
    last_name,
    language
  )
  SELECT
    new_customer,
    tenant_id,
    bot_id,
    connection_id,
    platform_user_id,
    other_id,
    username,
    first_name,
    last_name,
    language
  FROM sender
  WHERE known_id IS NULL
  ORDER BY connection_id, platform_user_id
  ON CONFLICT (connection_id, platform_user_id) DO UPDATE SET
    other_id = coalesce(excluded.other_id, c.other_id),
    username = excluded.username,
    first_name = excluded.first_name,
    last_name = excluded.last_name,
    language = coalesce(excluded.language, c.language),
    unreachable_at = NULL
  RETURNING id, connection_id, platform_user_id
), customer AS (
  SELECT known_id AS id, connection_id, platform_user_id FROM sender WHERE known_id IS NOT NULL
  UNION ALL
  SELECT id, connection_id, platform_user_id FROM written
), conversation AS (
  INSERT INTO conversations AS v (id, tenant_id, bot_id, connection_id, customer_id, chat_id, is_group, chat_title, source)
  SELECT DISTINCT ON (connection_id, i.chat_id)
    i.new_conversation,
    i.tenant_id,
    i.bot_id,
    i.connection_id,
    c.id,
    i.chat_id,
    i.is_group,
    i.chat_title,
    i.source
  FROM input i
  -- LATERAL with LIMIT: looked up row by row. As a join, each row would be compared with all others.
  CROSS JOIN LATERAL (
    SELECT id
    FROM customer
    WHERE connection_id = i.connection_id
      AND platform_user_id = i.platform_user_id
    LIMIT 1
  ) c
  ORDER BY connection_id, i.chat_id, i.intake, i.ord
  ON CONFLICT (connection_id, chat_id) DO UPDATE SET
    last_message_at = now(),
    done_at = NULL,
    chat_title = coalesce(excluded.chat_title, v.chat_title),
    source = coalesce(v.source, excluded.source),
    unreachable_at = NULL
  RETURNING id, connection_id, chat_id
), stored AS (
  INSERT INTO messages (
    tenant_id,
    conversation_id,
    connection_id,
    customer_id,
    direction,
    external_id,
    kind,
    text,
    attachment,
    refers_to,
    place,
    status,
    written_at
  )
  SELECT
    i.tenant_id,
    v.id,
    i.connection_id,
    c.id,
    'in',
    i.external_id,
    i.kind,
    i.body,
    i.attachment,
    CASE
      WHEN i.refers_to ->> 'text' = '' AND i.refers_to ? 'externalId' THEN i.refers_to || quoted.words
      ELSE i.refers_to
    END,
    i.place,
    i.status::"MessageStatus",
    -- A clock that is ahead of ours is not believed.
    CASE WHEN i.written_at <= now() THEN i.written_at END
  FROM input i
  CROSS JOIN LATERAL (
    SELECT id
    FROM conversation
    WHERE connection_id = i.connection_id
      AND chat_id = i.chat_id
    LIMIT 1
  ) v
  CROSS JOIN LATERAL (
    SELECT id
    FROM customer
    WHERE connection_id = i.connection_id
      AND platform_user_id = i.platform_user_id
    LIMIT 1
  ) c
  LEFT JOIN LATERAL (
    -- The words of a quoted message. Nothing is kept of a reference whose message is not found.
    SELECT jsonb_build_object('text', left(q.text, 1000)) AS words
    FROM (
      (
        SELECT text
        FROM messages
        WHERE i.refers_to ? 'externalId'
          AND connection_id = i.connection_id
          AND external_id = i.refers_to ->> 'externalId'
          AND direction = 'in'
          AND conversation_id = v.id
        LIMIT 1
      )
      UNION ALL
      (
        SELECT m.text
        FROM (
          SELECT
            text,
            external_id
          FROM messages
          WHERE i.refers_to ? 'externalId'
            AND conversation_id = v.id
            AND direction = 'out'
          ORDER BY id DESC
          LIMIT 100
        ) m
        WHERE i.refers_to ->> 'externalId' = ANY(string_to_array(m.external_id, ','))
        LIMIT 1
      )
    ) q
    WHERE q.text <> ''
    LIMIT 1
  ) quoted ON TRUE
  ORDER BY i.intake, i.ord
  ON CONFLICT (connection_id, external_id) WHERE direction = 'in' DO NOTHING
  RETURNING id, conversation_id, connection_id, external_id, status
), asked AS (
  SELECT
    s.conversation_id,
    s.connection_id,
    min(s.id) AS first_message_id,
    max(s.id) AS newest_message_id,
    max(i.quiet_ms) AS quiet_ms,
    -- This process begins the work at once: it has room, and no more messages are awaited.
    s.connection_id = ANY(:takeFor::uuid[]) AND max(i.quiet_ms) = 0 AS take
  FROM stored s
  CROSS JOIN LATERAL (
    SELECT quiet_ms
    FROM input
    WHERE connection_id = s.connection_id
      AND external_id = s.external_id
    LIMIT 1
  ) i
  WHERE s.status = 'received'
  GROUP BY s.conversation_id, s.connection_id
), work AS (
  INSERT INTO conversation_work AS w (
    conversation_id,
    connection_id,
    state,
    first_message_id,
    newest_message_id,
    tried_message_id,
    burst_since,
    wake_at,
    heartbeat_at
  )
  SELECT
    conversation_id,
    connection_id,
    CASE WHEN take THEN 'claimed' ELSE 'ready' END::"WorkState",
    first_message_id,
    newest_message_id,
    CASE WHEN take THEN newest_message_id END,
    CASE WHEN take THEN NULL ELSE now() END,
    now() + quiet_ms * interval '1 ms',
    CASE WHEN take THEN now() END
  FROM asked
  ORDER BY conversation_id
  -- A burst goes on: its turn begins after a quiet time, yet not later than :maxQuietMs after its first message.
  -- A pause that lies farther ahead stays.
  ON CONFLICT (conversation_id) DO UPDATE SET
    requests = w.requests + 1,
    newest_message_id = greatest(w.newest_message_id, excluded.newest_message_id),
    burst_since = coalesce(w.burst_since, now()),
    wake_at = greatest(
      w.wake_at,
      least(excluded.wake_at, coalesce(w.burst_since, now()) + :maxQuietMs::int * interval '1 ms')
    )
  RETURNING conversation_id, connection_id, state, requests, epoch
), ticked AS (
  UPDATE connections
  SET first_message_at = now()
  WHERE id = ANY(:connectionIds)
    AND first_message_at IS NULL
    AND id IN (SELECT connection_id FROM stored)
  RETURNING 1
)
SELECT
  ARRAY(SELECT intake::int FROM owner) AS accepted,
  (SELECT count(*) FROM ticked) AS ticked,
  -- A row with one request was inserted just now.
  (
    SELECT json_agg(
      json_build_object('conversationId', conversation_id, 'connectionId', connection_id, 'epoch', epoch, 'tries', 0)
    )
    FROM work
    WHERE state = 'claimed'
      AND requests = 1
  ) AS taken,
  CASE WHEN EXISTS (SELECT 1 FROM work WHERE state = 'ready') THEN pg_notify('botfactory', 'work:') END AS notified
