-- The customer blocked the bot, or the chat is gone.
UPDATE customers
SET unreachable_at = now()
WHERE id = :customerId
