import type { PlanPeriod } from '#core/plans.ts';
import type { Database } from '#platform/db/database.ts';

export interface Period extends PlanPeriod {
  startsAt: Date;
}

export interface Subscription extends Period {
  botCount: number;
}

const PERIODS_SHOWN = 12;
const MONTHS_SHOWN = 12;
const PERIOD = { type: true, maxBots: true, maxMessagesPerMonth: true, startsAt: true, endsAt: true, active: true } as const;

export function createSubscriptionRepo({ database: { prisma } }: { database: Database }) {
  return {
    /** The active subscription, even when it has ended, with the number of bots. */
    async find(tenantId: string): Promise<Subscription | null> {
      const found = await prisma.subscription.findFirst({ where: { tenantId, active: true }, select: PERIOD });
      return found && { ...found, botCount: await prisma.bot.count({ where: { tenantId } }) };
    },

    periods: (tenantId: string): Promise<Period[]> =>
      prisma.subscription.findMany({
        where: { tenantId },
        select: PERIOD,
        orderBy: [{ active: 'desc' }, { startsAt: 'desc' }],
        take: PERIODS_SHOWN,
      }),

    async months(tenantId: string): Promise<{ month: string; answers: number; recipients: number; costMicroUsd: number }[]> {
      const rows = await prisma.usageMonth.findMany({ where: { tenantId }, orderBy: { month: 'desc' }, take: MONTHS_SHOWN });
      return rows.map(({ month, aiAnswers, broadcastRecipients, costMicroUsd }) => ({
        month: month.toISOString().slice(0, 7),
        answers: aiAnswers,
        recipients: broadcastRecipients,
        costMicroUsd: Number(costMicroUsd),
      }));
    },
  };
}

export type SubscriptionRepo = ReturnType<typeof createSubscriptionRepo>;
