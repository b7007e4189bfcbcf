import type { Database } from '#platform/db/database.ts';

/** What the bot's own page counts. */
export interface BotOverview {
  knowledgeCount: number;
  waitingCount: number;
  conversationCount: number;
  triedInPlayground: boolean;
  /** The last time, within a week, that nobody read the bot's messages for longer than the messenger keeps them. */
  gap: { from: Date; until: Date } | null;
}

// Counting stops here: beyond it the page says "99+", and the database reads no further.
export const COUNT_CAP = 100;

const OVERVIEW = `SELECT
  (SELECT count(*) FROM knowledge_entries WHERE tenant_id = $1 AND bot_id = $2) AS "knowledgeCount",
  (SELECT count(*) FROM (SELECT 1 FROM conversations WHERE tenant_id = $1 AND bot_id = $2 AND connection_id IS NOT NULL
    AND needs_person_at IS NOT NULL LIMIT ${COUNT_CAP}) capped) AS "waitingCount",
  (SELECT count(*) FROM (SELECT 1 FROM conversations WHERE tenant_id = $1 AND bot_id = $2 AND connection_id IS NOT NULL
    LIMIT ${COUNT_CAP}) capped) AS "conversationCount",
  EXISTS (SELECT 1 FROM conversations WHERE tenant_id = $1 AND bot_id = $2 AND connection_id IS NULL) AS "triedInPlayground"`;

const GAP = `SELECT (details->>'from')::timestamptz AS "from", (details->>'until')::timestamptz AS "until" FROM audit_lines
  WHERE tenant_id = $1 AND created_at > now() - interval '7 days' AND action = 'connection.gap' AND details->>'botId' = $2
  ORDER BY created_at DESC LIMIT 1`;

/** One bot in numbers. */
export function createBotOverview({ database }: { database: Database }) {
  return async (tenantId: string, botId: string): Promise<BotOverview> => {
    const { rows } = await database.sql.query<Omit<BotOverview, 'gap'>>(OVERVIEW, [tenantId, botId]);
    const gaps = await database.sql.query<{ from: Date; until: Date }>(GAP, [tenantId, botId]);
    const counts = rows[0] ?? { knowledgeCount: 0, waitingCount: 0, conversationCount: 0, triedInPlayground: false };
    return { ...counts, gap: gaps.rows[0] ?? null };
  };
}

export type BotOverviewRead = ReturnType<typeof createBotOverview>;
