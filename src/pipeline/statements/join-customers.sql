-- Two customers are one person: what hangs on :gone goes to :kept. Their conversations are joined already, so one is left.
WITH people AS MATERIALIZED (
  SELECT
    k.id AS kept_id,
    g.id AS gone_id,
    g.opted_out_at,
    g.language,
    g.username,
    g.first_name,
    g.last_name
  FROM customers k
  JOIN customers g ON g.connection_id = k.connection_id
  WHERE k.connection_id = :connectionId
    AND k.platform_user_id = :kept
    AND g.platform_user_id = :gone
), chat AS (
  UPDATE conversations c
  SET
    chat_id = :kept,
    customer_id = p.kept_id
  FROM people p
  WHERE c.connection_id = :connectionId
    AND c.chat_id IN (:kept::text, :gone::text)
    AND NOT c.is_group
  RETURNING c.id
), said AS (
  UPDATE messages m
  SET customer_id = p.kept_id
  FROM people p
  WHERE m.conversation_id IN (SELECT id FROM chat)
    AND m.customer_id = p.gone_id
), asked_by AS (
  UPDATE open_question_askers a
  SET customer_id = p.kept_id
  FROM people p
  WHERE a.attention_id IN (SELECT id FROM attention WHERE conversation_id IN (SELECT id FROM chat))
    AND a.customer_id = p.gone_id
), noted AS (
  UPDATE notes n
  SET customer_id = p.kept_id
  FROM people p
  WHERE n.customer_id = p.gone_id
), filled_in AS (
  INSERT INTO customer_values (customer_id, field_id, tenant_id, value, updated_at)
  SELECT
    p.kept_id,
    v.field_id,
    v.tenant_id,
    v.value,
    v.updated_at
  FROM people p
  JOIN customer_values v ON v.customer_id = p.gone_id
  ON CONFLICT DO NOTHING
), linked AS (
  -- Those who are one person with either are one person with both.
  INSERT INTO person_links (customer_id, tenant_id, person_id, created_at)
  SELECT
    p.kept_id,
    l.tenant_id,
    l.person_id,
    l.created_at
  FROM people p
  JOIN person_links l ON l.customer_id = p.gone_id
  WHERE EXISTS (
    SELECT 1
    FROM person_links o
    WHERE o.person_id = l.person_id
      AND o.customer_id NOT IN (p.kept_id, p.gone_id)
  )
  ON CONFLICT DO NOTHING
), relinked AS (
  UPDATE person_links o
  SET person_id = k.person_id
  FROM people p
  JOIN person_links k ON k.customer_id = p.kept_id
  JOIN person_links g ON g.customer_id = p.gone_id
  WHERE o.person_id = g.person_id
    AND o.customer_id <> p.gone_id
    AND g.person_id <> k.person_id
), alone AS (
  -- Nobody is alone in a person.
  DELETE FROM person_links k
  USING people p
  WHERE k.customer_id = p.kept_id
    AND NOT EXISTS (
      SELECT 1
      FROM person_links o
      WHERE o.person_id = k.person_id
        AND o.customer_id NOT IN (p.kept_id, p.gone_id)
    )
), known AS (
  UPDATE customers k
  SET
    other_id = coalesce(k.other_id, :gone),
    opted_out_at = coalesce(k.opted_out_at, p.opted_out_at),
    language = coalesce(k.language, p.language),
    username = coalesce(k.username, p.username),
    first_name = coalesce(k.first_name, p.first_name),
    last_name = coalesce(k.last_name, p.last_name)
  FROM people p
  WHERE k.id = p.kept_id
)
DELETE FROM customers
WHERE id IN (SELECT gone_id FROM people)
