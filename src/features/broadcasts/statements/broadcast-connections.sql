-- The bot's connections on which a broadcast still has recipients.
SELECT
  n.id,
  n.platform
FROM
  connections n
WHERE
  n.bot_id = :botId
  AND EXISTS (
    SELECT
      1
    FROM
      broadcast_recipients r
    WHERE
      r.broadcast_id = :id
      AND r.connection_id = n.id
      AND r.state IN ('queued', 'sending')
  );
