import type { Database } from '#platform/db/database.ts';

/** What the bot's own page counts. */
export interface BotOverview {
  knowledgeCount: number;
  waitingCount: number;
  conversationCount: number;
  triedInPlayground: boolean;
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

/** One bot in numbers; one statement. */
export function createBotOverview({ database }: { database: Database }) {
  return async (tenantId: string, botId: string): Promise<BotOverview> => {
    const { rows } = await database.sql.query<BotOverview>(OVERVIEW, [tenantId, botId]);
    return rows[0] ?? { knowledgeCount: 0, waitingCount: 0, conversationCount: 0, triedInPlayground: false };
  };
}

export type BotOverviewRead = ReturnType<typeof createBotOverview>;
