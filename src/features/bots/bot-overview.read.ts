import { DAY_MS } from '#core/durations.ts';
import type { Database } from '#platform/db/database.ts';

export interface BotOverview {
  knowledgeCount: number;
  waitingCount: number;
  conversationCount: number;
  triedInPlayground: boolean;
  /** The latest gap within a week: nobody polled for longer than the messenger stores messages. */
  gap: { from: Date; until: Date } | null;
}

// The database stops counting here, and the page shows "99+".
export const COUNT_CAP = 100;
const WEEK_MS = 7 * DAY_MS;

export function createBotOverview({ database: { prisma } }: { database: Database }) {
  async function lastGap(tenantId: string, botId: string): Promise<BotOverview['gap']> {
    const line = await prisma.auditLine.findFirst({
      where: {
        tenantId,
        createdAt: { gt: new Date(Date.now() - WEEK_MS) },
        action: 'connection.gap',
        details: { path: ['botId'], equals: botId },
      },
      orderBy: { createdAt: 'desc' },
      select: { details: true },
    });
    if (!line) return null;
    const { from, until } = line.details as { from: string; until: string };
    return { from: new Date(from), until: new Date(until) };
  }

  return async (tenantId: string, botId: string): Promise<BotOverview> => {
    const customers = { tenantId, botId, connectionId: { not: null } };
    const [knowledgeCount, waitingCount, conversationCount, playground, gap] = await Promise.all([
      prisma.knowledgeEntry.count({ where: { tenantId, botId } }),
      prisma.conversation.count({ where: { ...customers, needsPersonAt: { not: null } }, take: COUNT_CAP }),
      prisma.conversation.count({ where: customers, take: COUNT_CAP }),
      prisma.conversation.findFirst({ where: { tenantId, botId, connectionId: null }, select: { id: true } }),
      lastGap(tenantId, botId),
    ]);
    return { knowledgeCount, waitingCount, conversationCount, triedInPlayground: playground !== null, gap };
  };
}

export type BotOverviewRead = ReturnType<typeof createBotOverview>;
