/** How long the bot leaves a conversation to the person who answers it; each of their messages begins it anew. */
export const SILENCE_MINUTES = 60;

// Of a conversation; what is older is settled.
const RECENT = 100;

/**
 * SQL: the next epoch of conversation `c`, which locks out whoever is making the bot's reply just now. What is already on its
 * way, and a person's words that wait for it, keep the present one: they must be recorded. Only with the row locked before.
 */
export const NEXT_EPOCH_SQL = `c.work_epoch + CASE WHEN EXISTS (
  SELECT 1 FROM (SELECT status, mode FROM messages WHERE conversation_id = c.id AND direction = 'out' ORDER BY id DESC LIMIT ${RECENT}) o
  WHERE o.status = 'sending' OR (o.status = 'pending' AND o.mode = 'person')) THEN 0 ELSE 1 END`;
