import { PLANS } from '#core/plans.ts';
import type { Database, Sql } from '#platform/db/database.ts';

export interface Bot {
  id: string;
  name: string;
  systemPrompt: string;
  greeting: string | null;
}

export type NewBot = Omit<Bot, 'greeting'>;

const COLUMNS = 'id, name, system_prompt AS "systemPrompt", greeting';

/** The plan's number of bots; the free plan's after its end or without one. */
const LIMIT = `SELECT CASE WHEN s.id IS NOT NULL AND (s.ends_at IS NULL OR s.ends_at > now()) THEN s.max_bots ELSE ${PLANS.FREE.maxBots} END AS max
  FROM tenants t LEFT JOIN subscriptions s ON s.tenant_id = t.id AND s.active WHERE t.id = $1`;

/** The tenant's row stays locked: the second of two at once waits here, and then counts the first's bot. */
const LOCK_LIMIT = `${LIMIT} FOR NO KEY UPDATE OF t`;

const INSERT_WITHIN = `INSERT INTO bots (id, tenant_id, name, system_prompt, updated_at)
  SELECT $2, $1, $3, $4, now() WHERE (SELECT count(*) FROM bots WHERE tenant_id = $1) < $5::int`;

export function createBotsRepo({ database }: { database: Database }) {
  const { sql } = database;
  return {
    async find(tenantId: string, id: string): Promise<Bot | null> {
      const result = await sql.query<Bot>(`SELECT ${COLUMNS} FROM bots WHERE tenant_id = $1 AND id = $2`, [tenantId, id]);
      return result.rows[0] ?? null;
    },

    /** How many bots there are and may be. */
    async capacity(tenantId: string): Promise<{ used: number; max: number }> {
      const text = `SELECT (SELECT count(*) FROM bots WHERE tenant_id = $1) AS used, (${LIMIT}) AS max`;
      return (await sql.query<{ used: number; max: number }>(text, [tenantId])).rows[0] ?? { used: 0, max: 0 };
    },

    /**
     * Makes the bot, and with `insertConnection` its first connection, in one transaction; nothing when the plan's bots
     * are used up. Returns the limit that was reached, or null when the bot was made.
     */
    create: (tenantId: string, bot: NewBot, insertConnection?: (tx: Sql) => Promise<void>): Promise<number | null> =>
      database.inTransaction(async (tx) => {
        const limit = await tx.query<{ max: number }>(LOCK_LIMIT, [tenantId]);
        const max = limit.rows[0]?.max ?? 0;
        const made = await tx.query(INSERT_WITHIN, [tenantId, bot.id, bot.name, bot.systemPrompt, max]);
        if (made.rowCount === 0) return max;
        await insertConnection?.(tx);
        return null;
      }),

    async update(tenantId: string, bot: NewBot, greeting: string | null | undefined): Promise<boolean> {
      const text = `UPDATE bots SET name = $3, system_prompt = $4, greeting = CASE WHEN $5 THEN $6 ELSE greeting END, updated_at = now()
        WHERE tenant_id = $1 AND id = $2`;
      const values = [tenantId, bot.id, bot.name, bot.systemPrompt, greeting !== undefined, greeting ?? null];
      return (await sql.query(text, values)).rowCount === 1;
    },

    async remove(tenantId: string, id: string): Promise<boolean> {
      return (await sql.query('DELETE FROM bots WHERE tenant_id = $1 AND id = $2', [tenantId, id])).rowCount === 1;
    },
  };
}

export type BotsRepo = ReturnType<typeof createBotsRepo>;
