import type { Database } from '#platform/db/database.ts';
import type { Watched } from '#web/live-streams.ts';
import { MESSAGES_PER_PAGE } from './messages.read.ts';

/**
 * SQL, of conversation `c`, its connection `n` and its customer `u`: changes with whatever the conversation's page shows. xmin
 * is the transaction that wrote a row last: nothing is written down for this, and nobody who writes has to think of it. Of the
 * connection, which has a heartbeat, only what matters.
 */
export const VERSION_SQL = `md5(concat_ws(' ', c.xmin, u.xmin, n.enabled, n.failure_reason, c.silenced_until > now(),
  (SELECT string_agg(concat_ws('.', m.id, m.changed, k.state), ' ' ORDER BY m.id)
    FROM (SELECT id, reply_to_id, status, xmin AS changed FROM messages WHERE conversation_id = c.id
      ORDER BY id DESC LIMIT ${MESSAGES_PER_PAGE}) m
    LEFT JOIN kept_questions k ON k.message_id = coalesce(m.reply_to_id, CASE WHEN m.status = 'ignored' THEN m.id END))))`;

const VERSIONS = `SELECT c.id, ${VERSION_SQL} AS version
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS w(tenant_id, bot_id, id)
  JOIN conversations c ON c.id = w.id AND c.tenant_id = w.tenant_id AND c.bot_id = w.bot_id
  JOIN connections n ON n.id = c.connection_id LEFT JOIN customers u ON u.id = c.customer_id`;

/** The version of each conversation that is there, by its id: one statement for all. */
export function createConversationVersions({ database }: { database: Database }) {
  return async (watched: Watched[]): Promise<Map<string, string>> => {
    const column = (name: keyof Watched): string[] => watched.map((one) => one[name]);
    const values = [column('tenantId'), column('botId'), column('id')];
    const { rows } = await database.sql.query<{ id: string; version: string }>(VERSIONS, values);
    return new Map(rows.map(({ id, version }) => [id, version]));
  };
}

export type ConversationVersions = ReturnType<typeof createConversationVersions>;
