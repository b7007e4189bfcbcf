import type { Sql } from '#platform/db/database.ts';
import { notifySql } from '#platform/db/notifications.ts';

// What gave up after a reply was saved keeps that reply: a second one to the same message there cannot be.
const statement = (queueJobs: string): string => `
  WITH again AS (
    UPDATE messages m SET status = 'received', reason = NULL
    WHERE m.direction = 'in' AND m.status = 'failed' AND m.connection_id IS NOT NULL
      AND m.created_at > now() - $1::int * interval '1 hour'
      AND ($2::uuid IS NULL OR m.conversation_id IN (SELECT id FROM conversations WHERE bot_id = $2))
      AND NOT EXISTS (SELECT 1 FROM messages o WHERE o.reply_to_id = m.id AND o.direction = 'out')
    RETURNING m.id, m.conversation_id, m.connection_id),
  queued AS (SELECT conversation_id, connection_id, max(id) AS message_id FROM again GROUP BY conversation_id, connection_id),
  ${queueJobs}
  SELECT (SELECT count(*) FROM again) AS messages, (SELECT count(*) FROM job) AS conversations, ${notifySql('jobs')}`;

/**
 * R43: gives customers' messages that were given up another five tries, once what spoiled them is mended. `hours`: how far
 * back; `botId`: null for every bot. Spans tenants: operators run it at the shell.
 */
export function createRedrive({ sql, queueReplyJobsSql }: { sql: Sql; queueReplyJobsSql: (source: string) => string }) {
  const text = statement(queueReplyJobsSql('queued'));
  return async ({ hours, botId }: { hours: number; botId: string | null }): Promise<number> =>
    (await sql.query<{ messages: number }>(text, [hours, botId])).rows[0]?.messages ?? 0;
}
