import type { Database } from '#platform/db/database.ts';

export function createPresetsQueries({ database: { prisma } }: { database: Database }) {
  return {
    nameOf: async (tenantId: string, botId: string): Promise<string | null> =>
      (await prisma.bot.findFirst({ where: { tenantId, id: botId }, select: { preset: true } }))?.preset ?? null,
  };
}

export type PresetsQueries = ReturnType<typeof createPresetsQueries>;
