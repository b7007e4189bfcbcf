-- A version of each bot's questions. xmin is the transaction that wrote a row last.
SELECT
  b.id,
  md5(coalesce(q.rows, '')) AS version
FROM unnest(:tenantIds::uuid[], :ids::uuid[]) AS w (tenant_id, id)
JOIN bots b ON b.id = w.id
  AND b.tenant_id = w.tenant_id
LEFT JOIN LATERAL (
  SELECT string_agg(concat_ws('.', id, xmin), ' ' ORDER BY id) AS rows
  FROM open_questions
  WHERE bot_id = b.id
) q ON TRUE
