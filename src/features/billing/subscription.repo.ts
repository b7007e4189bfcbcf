import type { PlanPeriod } from '#core/plans.ts';
import type { Database } from '#platform/db/database.ts';

/** A time in which a plan was in force, or is. */
export interface Period extends PlanPeriod {
  startsAt: Date;
}

export interface Subscription extends Period {
  botCount: number;
}

const PERIODS_SHOWN = 12;
const MONTHS_SHOWN = 12;
const PERIOD = { type: true, maxBots: true, maxMessagesPerMonth: true, startsAt: true, endsAt: true, active: true } as const;

/** A tenant's plans and use. */
export function createSubscriptionRepo({ database: { prisma } }: { database: Database }) {
  return {
    /** The active subscription, which may have ended, with how many bots there are. */
    async find(tenantId: string): Promise<Subscription | null> {
      const found = await prisma.subscription.findFirst({ where: { tenantId, active: true }, select: PERIOD });
      return found && { ...found, botCount: await prisma.bot.count({ where: { tenantId } }) };
    },

    /** The plans the business has had, the active one first. */
    periods: (tenantId: string): Promise<Period[]> =>
      prisma.subscription.findMany({
        where: { tenantId },
        select: PERIOD,
        orderBy: [{ active: 'desc' }, { startsAt: 'desc' }],
        take: PERIODS_SHOWN,
      }),

    /** The use of the last months, the newest first. */
    async months(tenantId: string): Promise<{ month: string; answers: number; recipients: number }[]> {
      const rows = await prisma.usageMonth.findMany({ where: { tenantId }, orderBy: { month: 'desc' }, take: MONTHS_SHOWN });
      return rows.map(({ month, aiAnswers, broadcastRecipients }) => ({
        month: month.toISOString().slice(0, 7),
        answers: aiAnswers,
        recipients: broadcastRecipients,
      }));
    },
  };
}

export type SubscriptionRepo = ReturnType<typeof createSubscriptionRepo>;
