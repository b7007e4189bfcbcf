-- How many connections a bot has.
SELECT count(*)::int AS count
FROM connections
WHERE bot_id = :botId
