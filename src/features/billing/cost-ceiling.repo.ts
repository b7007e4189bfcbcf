import { monthDateOf } from '#core/time.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

/** A month whose cost came near the ceiling or reached it. */
export interface CostlyMonth {
  tenantId: string;
  month: string;
  percent: 80 | 100;
  costUzs: number;
  ceilingUzs: number;
}

const costlyMonths = report<{ now: Date; usdUzs: number }, CostlyMonth>(import.meta.url, './statements/costly-months.sql');

/** The AI's cost of a business in a month, and the ceiling its owner may set. */
export function createCostCeilingRepo({ database, usdUzs }: { database: Database; usdUzs: number }) {
  const { prisma, sql } = database;
  return {
    async find(tenantId: string, now: Date): Promise<{ costMicroUsd: number; ceilingUzs: number | null }> {
      const [month, tenant] = await Promise.all([
        prisma.usageMonth.findUnique({ where: { tenantId_month: { tenantId, month: monthDateOf(now) } } }),
        prisma.tenant.findUnique({ where: { id: tenantId }, select: { costCeilingUzs: true } }),
      ]);
      return { costMicroUsd: Number(month?.costMicroUsd ?? 0), ceilingUzs: tenant?.costCeilingUzs ?? null };
    },

    /** Another ceiling has notices of its own. */
    async set(tenantId: string, ceilingUzs: number | null, now: Date): Promise<void> {
      await database.transaction(async (tx) => {
        await tx.tenant.updateMany({ where: { id: tenantId }, data: { costCeilingUzs: ceilingUzs } });
        await tx.usageMonth.updateMany({ where: { tenantId, month: monthDateOf(now) }, data: { costNoticedPercent: 0 } });
      });
    },

    costlyAcrossTenants: (now: Date): Promise<CostlyMonth[]> => costlyMonths(sql, { now, usdUzs }),

    /** False when another process took the notice. */
    async takeNotice({ tenantId, month, percent }: CostlyMonth): Promise<boolean> {
      const { count } = await prisma.usageMonth.updateMany({
        where: { tenantId, month: new Date(month), costNoticedPercent: { lt: percent } },
        data: { costNoticedPercent: percent },
      });
      return count === 1;
    },

    async returnNotice({ tenantId, month }: CostlyMonth): Promise<void> {
      await prisma.usageMonth.updateMany({ where: { tenantId, month: new Date(month) }, data: { costNoticedPercent: 0 } });
    },
  };
}

export type CostCeilingRepo = ReturnType<typeof createCostCeilingRepo>;
