-- Takes send slots of a connection and the recipients to use them on. Taking slots moves the connection's next_at, so all
-- processes together keep the rate. The first :startMessages go out alone until the start is checked.
-- :lateMs is how late a process may come without losing slots. A statement and a timer cost that much, so without it the rate
-- would never be reached.
-- :windowMs is how long after a customer's last message we may write freely, null for always. :hasTemplate is whether the
-- broadcast has an approved template for later.
WITH b AS MATERIALIZED (
  SELECT
    b.id,
    n.id AS connection_id,
    n.tenant_id,
    n.platform,
    n.sealed_secrets,
    CASE
      WHEN b.start_checked THEN :slots::int
      ELSE least(:slots::int, :startMessages::int - (
        SELECT
          count(*)
        FROM
          broadcast_recipients r
        WHERE
          r.broadcast_id = :id
          AND r.state IN ('sending', 'sent', 'delivered', 'read', 'failed', 'unconfirmed')
      ))
    END AS room
  FROM
    broadcasts b
    JOIN tenants t ON t.id = b.tenant_id
    JOIN connections n ON n.id = :connectionId
  WHERE
    b.id = :id
    AND b.state = 'sending'
    AND t.suspended_at IS NULL
    AND n.enabled
    AND n.state <> 'FAILED'
),
picked AS MATERIALIZED (
  SELECT
    r.id,
    r.customer_id,
    :windowMs::bigint IS NOT NULL
      AND NOT coalesce(
        (
          SELECT
            coalesce(m.written_at, m.created_at)
          FROM
            messages m
          WHERE
            m.conversation_id = r.conversation_id
            AND m.direction = 'in'
          ORDER BY
            m.id DESC
          LIMIT 1
        ) > clock_timestamp() - :windowMs::bigint * interval '1 ms',
        false
      ) AS shut
  FROM
    broadcast_recipients r
  WHERE
    r.broadcast_id = :id
    AND r.connection_id = :connectionId
    AND r.state = 'queued'
    -- One message per second and chat: a customer who wrote or was answered within the last second comes later.
    AND coalesce(
      (SELECT v.last_message_at FROM conversations v WHERE v.id = r.conversation_id) < clock_timestamp() - interval '1 second',
      true
    )
  ORDER BY
    r.id
  LIMIT (SELECT greatest(0, coalesce(max(room), 0)) FROM b)
  FOR UPDATE OF r SKIP LOCKED
),
granted AS (
  UPDATE send_rates s
  SET
    next_at = greatest(s.next_at, clock_timestamp() - :lateMs::int * interval '1 ms')
      + (SELECT count(*) FROM picked) * :slotMs::int * interval '1 ms'
  WHERE
    s.connection_id = :connectionId
    AND s.next_at <= clock_timestamp()
    AND EXISTS (SELECT 1 FROM picked)
  RETURNING
    next_at
),
claimed AS (
  UPDATE broadcast_recipients r
  SET
    claim = :claim,
    claimed_at = clock_timestamp(),
    by_template = p.shut AND :hasTemplate::boolean,
    state = CASE WHEN s.skip IS NULL THEN 'sending' ELSE 'skipped' END::"RecipientState",
    reason = s.skip
  FROM
    picked p
    LEFT JOIN customers c ON c.id = p.customer_id
    CROSS JOIN LATERAL (
      SELECT
        CASE
          WHEN c.opted_out_at IS NOT NULL THEN 'opted_out'
          WHEN c.id IS NULL OR c.unreachable_at IS NOT NULL THEN 'blocked'
          WHEN p.shut AND NOT :hasTemplate::boolean
            THEN CASE WHEN :takesTemplates::boolean THEN 'no_template' ELSE 'window_closed' END
        END AS skip
    ) s
  WHERE
    r.id = p.id
    AND EXISTS (SELECT 1 FROM granted)
  RETURNING
    r.id,
    r.chat_id,
    r.language,
    r.by_template,
    r.state
)
SELECT
  coalesce(
    (
      SELECT
        json_agg(json_build_object('id', id, 'chatId', chat_id, 'language', language, 'byTemplate', by_template))
      FROM
        claimed
      WHERE
        state = 'sending'
    ),
    '[]'
  ) AS recipients,
  (
    SELECT
      json_build_object('id', connection_id, 'tenantId', tenant_id, 'platform', platform, 'sealedSecrets', sealed_secrets)
    FROM
      b
  ) AS connection,
  (SELECT count(*) FROM picked)::int AS picked,
  EXISTS (
    SELECT 1 FROM broadcast_recipients WHERE broadcast_id = :id AND connection_id = :connectionId AND state = 'queued'
  ) AS more_queued,
  coalesce(
    extract(
      epoch FROM coalesce(
        (SELECT next_at FROM granted),
        (SELECT next_at FROM send_rates WHERE connection_id = :connectionId)
      ) - clock_timestamp()
    ) * 1000,
    0
  )::int AS wait_ms;
