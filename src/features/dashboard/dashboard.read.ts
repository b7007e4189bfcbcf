import type { ChannelKind } from '#core/message.ts';
import type { Database } from '#platform/db/database.ts';

/** A conversation that waits for somebody of the business. */
export interface WaitingConversation {
  id: string;
  botId: string;
  platform: ChannelKind;
  customerName: string | null;
  username: string | null;
  /** `unanswered`: the bot itself has not come to it for minutes. */
  why: 'asked' | 'no_answer' | 'wrote' | 'unanswered';
  since: Date;
  lastText: string | null;
}

export interface DashboardNumbers {
  conversationsToday: number;
  waitingTotal: number;
  hasKnowledge: boolean;
  triedInPlayground: boolean;
  firstCustomerAnswered: boolean;
}

export const WAITING_SHOWN = 6;
export const COUNT_CAP = 100;
// Longer than any answer takes, so that what is being answered just now is not reported.
const UNANSWERED_MINUTES = 5;

const WAITING = `WITH waiting AS (
    (SELECT id, coalesce(needs_person_why, 'asked') AS why, needs_person_at AS since FROM conversations
      WHERE tenant_id = $1 AND needs_person_at IS NOT NULL AND connection_id IS NOT NULL
      ORDER BY needs_person_at DESC LIMIT ${WAITING_SHOWN})
    UNION ALL
    (SELECT m.conversation_id, 'unanswered', min(m.created_at) FROM messages m JOIN conversations c ON c.id = m.conversation_id
      WHERE m.tenant_id = $1 AND m.direction = 'in' AND m.status = 'received' AND c.needs_person_at IS NULL
        AND c.connection_id IS NOT NULL AND m.created_at < $2::timestamptz - interval '${UNANSWERED_MINUTES} minutes'
      GROUP BY m.conversation_id LIMIT ${WAITING_SHOWN}))
  SELECT w.id, w.why, w.since, c.bot_id AS "botId", n.platform, u.username,
    nullif(trim(concat_ws(' ', u.first_name, u.last_name)), '') AS "customerName", m.text AS "lastText"
  FROM waiting w JOIN conversations c ON c.id = w.id JOIN connections n ON n.id = c.connection_id
    LEFT JOIN customers u ON u.id = c.customer_id
    LEFT JOIN LATERAL (SELECT left(text, 140) AS text FROM messages
      WHERE conversation_id = w.id AND direction = 'in' ORDER BY id DESC LIMIT 1) m ON true
  ORDER BY w.since DESC LIMIT ${WAITING_SHOWN}`;

// Whether any customer was answered is seen in the newest conversations: a look at all would read every message.
const LOOKED_AT = 20;

// Every line reads an index's edge, the day's conversations, or a capped number of rows: none grows with all messages.
const NUMBERS = `SELECT
  (SELECT count(*) FROM conversations WHERE tenant_id = $1 AND connection_id IS NOT NULL
    AND last_message_at >= date_trunc('day', $2::timestamptz AT TIME ZONE $3) AT TIME ZONE $3) AS "conversationsToday",
  (SELECT count(*) FROM (SELECT 1 FROM conversations WHERE tenant_id = $1 AND needs_person_at IS NOT NULL
    AND connection_id IS NOT NULL LIMIT ${COUNT_CAP}) capped) AS "waitingTotal",
  EXISTS (SELECT 1 FROM bots b JOIN knowledge_entries k ON k.bot_id = b.id WHERE b.tenant_id = $1) AS "hasKnowledge",
  EXISTS (SELECT 1 FROM bots b JOIN conversations c ON c.bot_id = b.id
    WHERE b.tenant_id = $1 AND c.connection_id IS NULL) AS "triedInPlayground",
  EXISTS (SELECT 1 FROM (SELECT id FROM conversations WHERE tenant_id = $1 AND connection_id IS NOT NULL
      ORDER BY last_message_at DESC LIMIT ${LOOKED_AT}) c
    CROSS JOIN LATERAL (SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.direction = 'out'
      AND m.status IN ('sent', 'delivered', 'read') LIMIT 1) answered) AS "firstCustomerAnswered"`;

/** What the dashboard shows beyond the bots and the plan. */
export function createDashboardRead({ database }: { database: Database }) {
  const { sql } = database;
  return {
    /** The newest that wait. */
    waiting: async (tenantId: string, now: Date): Promise<WaitingConversation[]> =>
      (await sql.query<WaitingConversation>(WAITING, [tenantId, now])).rows,

    async numbers(tenantId: string, now: Date, timeZone: string): Promise<DashboardNumbers> {
      const { rows } = await sql.query<DashboardNumbers>(NUMBERS, [tenantId, now, timeZone]);
      return rows[0] as DashboardNumbers;
    },
  };
}

export type DashboardRead = ReturnType<typeof createDashboardRead>;
