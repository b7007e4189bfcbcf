-- Erases the content of messages that their customers deleted. The row stays. An unanswered message is never answered.
UPDATE messages
SET
  text = '',
  attachment = NULL,
  kind = 'deleted',
  status = CASE status WHEN 'received' THEN 'ignored' ELSE status END
WHERE connection_id = :connectionId
  AND direction = 'in'
  AND external_id = ANY(:externalIds)
