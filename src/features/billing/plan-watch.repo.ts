import { PLANS, type PlanName } from '#core/plans.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

/** A paid plan near or past its end. `days`: the due notice, 7, 3 or 1 before the end, 0 after it. */
export interface EndingPlan {
  id: string;
  tenantId: string;
  type: PlanName;
  endsAt: Date;
  days: 7 | 3 | 1 | 0;
}

export interface UsedMonth {
  tenantId: string;
  month: string;
  percent: 50 | 75 | 90 | 100;
  used: number;
  limit: number;
}

const endingPlans = report<{ now: Date }, EndingPlan>(import.meta.url, './statements/ending-plans.sql');
const usedMonths = report<{ now: Date; freeMaxMessages: number }, UsedMonth>(import.meta.url, './statements/used-months.sql');

/** Due notices to owners. A notice is marked after it is sent, so a crash in between sends it twice. */
export function createPlanWatchRepo({ database: { sql, prisma } }: { database: Database }) {
  return {
    endingAcrossTenants: (now: Date): Promise<EndingPlan[]> => endingPlans(sql, { now }),

    /** False when another process marked it meanwhile. */
    async markEnding({ id, tenantId, days }: EndingPlan): Promise<boolean> {
      const notMarked = { OR: [{ noticedDays: null }, { noticedDays: { gt: days } }] };
      const { count } = await prisma.subscription.updateMany({
        where: { tenantId, id, ...notMarked },
        data: { noticedDays: days },
      });
      return count === 1;
    },

    usedAcrossTenants: (now: Date): Promise<UsedMonth[]> =>
      usedMonths(sql, { now, freeMaxMessages: PLANS.FREE.maxMessagesPerMonth }),

    async markUsed({ tenantId, month, percent }: UsedMonth): Promise<void> {
      await prisma.usageMonth.updateMany({
        where: { tenantId, month: new Date(month) },
        data: { noticedPercent: percent },
      });
    },
  };
}

export type PlanWatchRepo = ReturnType<typeof createPlanWatchRepo>;
