-- Finishes a broadcast without open recipients. The bot's next broadcast waits a second: it may begin with the chat that this
-- one ended with.
WITH done AS (
  UPDATE broadcasts b
  SET
    state = 'finished',
    finished_at = now()
  WHERE
    b.id = :id
    AND b.state = 'sending'
    AND NOT EXISTS (
      SELECT 1 FROM broadcast_recipients r WHERE r.broadcast_id = b.id AND r.state IN ('queued', 'sending')
    )
  RETURNING
    b.id,
    b.bot_id
),
rested AS (
  UPDATE send_rates s
  SET
    next_at = greatest(s.next_at, clock_timestamp() + interval '1 second')
  FROM
    connections n,
    done
  WHERE
    n.id = s.connection_id
    AND n.bot_id = done.bot_id
)
SELECT
  id
FROM
  done;
