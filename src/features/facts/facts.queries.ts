import type { BusinessFacts } from '#core/business-facts.ts';
import { recordRevision } from '#features/revisions/feature.ts';
import type { Database } from '#platform/db/database.ts';
import { lockRow } from '#platform/db/row-lock.ts';
import { readStoredFacts } from './stored-facts.ts';

export interface StoredFacts {
  facts: BusinessFacts | null;
  timeZone: string;
}

export interface FactsToSave {
  facts: BusinessFacts;
  timeZone: string;
}

/** The only writer of `business_facts`. */
export function createFactsQueries({ database }: { database: Database }) {
  const { prisma } = database;
  return {
    /** Null before the first save. */
    async find(tenantId: string, botId: string): Promise<StoredFacts | null> {
      const row = await prisma.businessFacts.findFirst({ where: { tenantId, botId }, select: { facts: true, timeZone: true } });
      return row && { facts: readStoredFacts(row.facts), timeZone: row.timeZone };
    },

    /** False when there is no such bot. */
    save: (of: { tenantId: string; botId: string }, saved: FactsToSave, actorId: string | null = null): Promise<boolean> =>
      database.transaction(async (tx) => {
        await lockRow(tx, 'bot', of.botId);
        if ((await tx.bot.count({ where: { tenantId: of.tenantId, id: of.botId } })) === 0) return false;
        const data = { facts: saved.facts as object, timeZone: saved.timeZone };
        const found = await tx.businessFacts.findFirst({ where: of, select: { facts: true, timeZone: true, updatedAt: true } });
        const update = { ...data, version: { increment: 1 } };
        if (found) await tx.businessFacts.updateMany({ where: of, data: update });
        else await tx.businessFacts.create({ data: { ...of, ...data } });
        const before = found && { content: { facts: found.facts, timeZone: found.timeZone }, at: found.updatedAt };
        await recordRevision(tx, { ...of, subject: 'facts', subjectId: of.botId, before, content: data, actorId });
        return true;
      }),
  };
}

export type FactsQueries = ReturnType<typeof createFactsQueries>;
