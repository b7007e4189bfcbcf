-- A file that a person chose in the browser.
SELECT
  content,
  mime_type
FROM sent_files
WHERE tenant_id = :tenantId
  AND id = :id
