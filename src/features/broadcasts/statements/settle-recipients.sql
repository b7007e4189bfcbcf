-- Records what became of claimed recipients. Only their claimer may: the claim decides. A recipient that was given up as
-- unconfirmed meanwhile is corrected.
-- What was sent is kept in the conversation, since whoever answers the customer next must know of it. A broadcast of several
-- messages keeps the last one's external id, the one that receipts are for. A customer who blocked the bot becomes unreachable;
-- one who told the platform that they want no advertising is opted out.
WITH outcome AS (
  SELECT
    *
  FROM
    unnest(:ids::bigint[], :claims::uuid[], :states::text[], :reasons::text[], :externalIds::text[])
      AS x (id, claim, state, reason, external_id)
),
settled AS (
  UPDATE broadcast_recipients r
  SET
    state = x.state::"RecipientState",
    reason = x.reason,
    external_id = split_part(x.external_id, ',', -1),
    sent_at = CASE WHEN x.state = 'sent' THEN now() END,
    claim = CASE WHEN x.state <> 'queued' THEN r.claim END
  FROM
    outcome x
  WHERE
    r.id = x.id
    AND r.claim = x.claim
    AND r.state IN ('sending', 'unconfirmed')
  RETURNING
    r.*,
    x.external_id AS all_ids
),
kept AS (
  INSERT INTO messages (
    tenant_id,
    conversation_id,
    connection_id,
    customer_id,
    direction,
    external_id,
    kind,
    text,
    status,
    mode,
    sent_at
  )
  SELECT
    v.tenant_id,
    v.id,
    s.connection_id,
    s.customer_id,
    'out',
    s.all_ids,
    CASE WHEN b.photo_id IS NOT NULL AND NOT s.by_template THEN 'photo' ELSE 'text' END,
    -- Meta keeps the words of a template; we know its name and what filled it.
    CASE
      WHEN s.by_template THEN concat_ws(
        ': ',
        b.template ->> 'name',
        (SELECT string_agg(value, ' · ') FROM jsonb_array_elements_text(b.template -> 'parameters') value)
      )
      ELSE b.text || coalesce(E'\n\n' || b.button_label || ': ' || b.button_url, '')
    END,
    'sent',
    'broadcast',
    now()
  FROM
    settled s
    JOIN broadcasts b ON b.id = s.broadcast_id
    JOIN conversations v ON v.id = s.conversation_id
  WHERE
    s.state = 'sent'
  ORDER BY
    s.id
)
UPDATE customers c
SET
  unreachable_at = coalesce(c.unreachable_at, CASE WHEN s.reason <> 'opted_out' THEN now() END),
  opted_out_at = coalesce(c.opted_out_at, CASE WHEN s.reason = 'opted_out' THEN now() END)
FROM
  settled s
WHERE
  c.id = s.customer_id
  AND s.reason IN ('blocked_by_customer', 'chat_gone', 'opted_out');
