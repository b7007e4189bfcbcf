import type { PlanGate } from '#features/billing/feature.ts';
import { recordRevision } from '#features/revisions/feature.ts';
import type { Database } from '#platform/db/database.ts';
import { lockRow, nowIn, type Transaction } from '#platform/db/row-lock.ts';

export interface Bot {
  id: string;
  name: string;
  systemPrompt: string;
  greeting: string | null;
}

export type NewBot = Omit<Bot, 'greeting'>;
/** `preset`: the trade and language its first entries are of. */
type FirstBot = NewBot & { preset?: string | null };

const PROMPT = { name: true, systemPrompt: true, greeting: true } as const;
const BOT = { id: true, name: true, systemPrompt: true, greeting: true } as const;

/** The only writer of `bots`. */
export function createBotsQueries({ database, gate }: { database: Database; gate: Pick<PlanGate, 'current' | 'hold'> }) {
  const { prisma } = database;
  return {
    find: (tenantId: string, id: string): Promise<Bot | null> => prisma.bot.findFirst({ where: { tenantId, id }, select: BOT }),

    async capacity(tenantId: string): Promise<{ used: number; max: number }> {
      const [used, plan] = await Promise.all([prisma.bot.count({ where: { tenantId } }), gate.current(tenantId)]);
      return { used, max: plan.maxBots };
    },

    /** Creates the bot and its first connection together. Null, or the limit reached; concurrent calls take turns. */
    create: (tenantId: string, bot: FirstBot, insertConnection?: (tx: Transaction) => Promise<void>): Promise<number | null> =>
      database.transaction(async (tx) => {
        const { maxBots } = await gate.hold(tx, tenantId);
        if ((await tx.bot.count({ where: { tenantId } })) >= maxBots) return maxBots;
        // The database's clock, because a smaller plan covers the oldest bots.
        await tx.bot.create({ data: { ...bot, tenantId, createdAt: await nowIn(tx) } });
        await insertConnection?.(tx);
        return null;
      }),

    /** An undefined greeting stays unchanged. */
    update: (
      tenantId: string,
      { id, ...bot }: NewBot,
      greeting: string | null | undefined,
      actorId: string | null = null,
    ): Promise<boolean> =>
      database.transaction(async (tx) => {
        await lockRow(tx, 'bot', id);
        const where = { tenantId, id };
        const found = await tx.bot.findFirst({ where, select: { ...PROMPT, updatedAt: true } });
        if (!found) return false;
        const { updatedAt, ...before } = found;
        const content = { ...before, ...bot, ...(greeting !== undefined && { greeting }) };
        await tx.bot.updateMany({ where, data: content });
        const state = { content: before, at: updatedAt };
        await recordRevision(tx, { tenantId, botId: id, subject: 'prompt', subjectId: id, before: state, content, actorId });
        return true;
      }),

    /** In months; null: messages are kept for ever. */
    retention: async (tenantId: string, id: string): Promise<number | null> =>
      (await prisma.bot.findFirst({ where: { tenantId, id }, select: { retentionMonths: true } }))?.retentionMonths ?? null,

    setRetention: async (tenantId: string, id: string, retentionMonths: number | null): Promise<boolean> =>
      (await prisma.bot.updateMany({ where: { tenantId, id }, data: { retentionMonths } })).count === 1,

    remove: async (tenantId: string, id: string): Promise<boolean> =>
      (await prisma.bot.deleteMany({ where: { tenantId, id } })).count === 1,
  };
}

export type BotsQueries = ReturnType<typeof createBotsQueries>;
