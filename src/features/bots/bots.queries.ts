import { PLANS, planInForce } from '#core/plans.ts';
import type { Database, Sql } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

export interface Bot {
  id: string;
  name: string;
  systemPrompt: string;
  greeting: string | null;
}

export type NewBot = Omit<Bot, 'greeting'>;

const BOT = { id: true, name: true, systemPrompt: true, greeting: true } as const;

const lockBotLimit = report<{ tenantId: string; freeMaxBots: number }, { maxBots: number }>(
  import.meta.url,
  './statements/lock-bot-limit.sql',
);
const insertBot = report<NewBot & { tenantId: string; maxBots: number }, { id: string }>(
  import.meta.url,
  './statements/insert-bot.sql',
);

export function createBotsQueries({ database }: { database: Database }) {
  const { prisma } = database;
  return {
    find: (tenantId: string, id: string): Promise<Bot | null> => prisma.bot.findFirst({ where: { tenantId, id }, select: BOT }),

    /** How many bots there are and may be. */
    async capacity(tenantId: string): Promise<{ used: number; max: number }> {
      const [used, period, now] = await Promise.all([
        prisma.bot.count({ where: { tenantId } }),
        prisma.subscription.findFirst({ where: { tenantId, active: true } }),
        database.now(),
      ]);
      return { used, max: planInForce(period, now).maxBots };
    },

    /**
     * Creates the bot and, with `insertConnection`, its first connection: both or neither. Returns null, or the limit
     * that was reached. Statements, since the connection is inserted by a statement of the same transaction.
     */
    create: (tenantId: string, bot: NewBot, insertConnection?: (tx: Sql) => Promise<void>): Promise<number | null> =>
      database.inTransaction(async (tx) => {
        const [limit] = await lockBotLimit(tx, { tenantId, freeMaxBots: PLANS.FREE.maxBots });
        const maxBots = limit?.maxBots ?? 0;
        const inserted = await insertBot(tx, { tenantId, maxBots, ...bot });
        if (inserted.length === 0) return maxBots;
        await insertConnection?.(tx);
        return null;
      }),

    /** A greeting that is undefined stays as it is. */
    update: async (tenantId: string, { id, ...bot }: NewBot, greeting: string | null | undefined): Promise<boolean> => {
      const data = { ...bot, ...(greeting !== undefined && { greeting }) };
      return (await prisma.bot.updateMany({ where: { tenantId, id }, data })).count === 1;
    },

    remove: async (tenantId: string, id: string): Promise<boolean> =>
      (await prisma.bot.deleteMany({ where: { tenantId, id } })).count === 1,
  };
}

export type BotsQueries = ReturnType<typeof createBotsQueries>;
