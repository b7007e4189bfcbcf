import type { ChannelKind } from '#core/message.ts';
import type { AudienceGroup } from '#core/plan-broadcast.ts';
import { PLANS, type PlanName } from '#core/plans.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import type { Audience, BroadcastContent } from './broadcast.ts';

export interface ChannelRules {
  windowsMs: Record<string, number>;
  ready: string[];
  /** Channels that accept an approved template outside their window. */
  templates: string[];
  /** Channels that would have to fetch a photo and cannot. */
  noPhoto: string[];
}

export interface AudienceParams extends Audience {
  windowsMs: string;
  ready: string[];
  takesTemplates: string[];
  byTemplate: string[];
  noPhoto: string[];
}

export function audienceParams(
  { windowsMs, ready, templates, noPhoto }: ChannelRules,
  { photoId, template, channel, language, activeDays }: Omit<BroadcastContent, 'scheduledAt'>,
): AudienceParams {
  return {
    channel,
    language,
    activeDays,
    windowsMs: JSON.stringify(windowsMs),
    ready,
    takesTemplates: templates,
    byTemplate: template === null ? [] : templates,
    noPhoto: photoId === null ? [] : noPhoto,
  };
}

export interface TestCustomer {
  id: string;
  name: string;
  platform: string;
}

export interface Tester {
  chatId: string;
  language: string;
  connection: { id: string; tenantId: string; platform: ChannelKind; sealedSecrets: string };
}

type OfBot = { tenantId: string; botId: string };
const broadcastAudience = report<AudienceParams & OfBot, AudienceGroup>(import.meta.url, './statements/broadcast-audience.sql');
const broadcastTesters = report<OfBot & { size: number }, TestCustomer>(import.meta.url, './statements/broadcast-testers.sql');
const broadcastMonth = report<{ tenantId: string }, { plan: PlanName; used: number }>(
  import.meta.url,
  './statements/broadcast-month.sql',
);

const TEST_CUSTOMERS = 20;

export function createAudienceRepo({ database, rules }: { database: Database; rules: ChannelRules }) {
  const { prisma, sql } = database;
  return {
    /** Recipients by connection, skipped customers by reason. */
    groups: (tenantId: string, botId: string, content: BroadcastContent): Promise<AudienceGroup[]> =>
      database.inTransaction(async (tx) => {
        // JIT would compile longer than the statement runs.
        await tx.query('SET LOCAL jit = off');
        return broadcastAudience(tx, { ...audienceParams(rules, content), tenantId, botId });
      }),

    isLargerThan: async (tenantId: string, botId: string, count: number): Promise<boolean> =>
      (await prisma.customer.findFirst({ where: { tenantId, botId }, skip: count, select: { id: true } })) !== null,

    async month(tenantId: string): Promise<{ limit: number; left: number }> {
      const [row] = await broadcastMonth(sql, { tenantId });
      const { plan, used } = row as { plan: PlanName; used: number };
      const limit = PLANS[plan].maxBroadcastRecipientsPerMonth;
      return { limit, left: Math.max(0, limit - used) };
    },

    async channels(tenantId: string, botId: string): Promise<ChannelKind[]> {
      const where = { tenantId, botId };
      const rows = await prisma.connection.findMany({ where, distinct: 'platform', select: { platform: true } });
      return rows.map(({ platform }) => platform).toSorted();
    },

    testers: (tenantId: string, botId: string): Promise<TestCustomer[]> =>
      broadcastTesters(sql, { tenantId, botId, size: TEST_CUSTOMERS }),

    async tester(tenantId: string, botId: string, customerId: string): Promise<Tester | null> {
      const customer = await prisma.customer.findFirst({
        where: { tenantId, botId, id: customerId },
        select: {
          platformUserId: true,
          language: true,
          connection: { select: { id: true, tenantId: true, platform: true, sealedSecrets: true } },
        },
      });
      if (!customer) return null;
      const { platformUserId: chatId, connection } = customer;
      const chat = await prisma.conversation.findFirst({
        where: { tenantId, connectionId: connection.id, chatId },
        select: { language: true },
      });
      return { chatId, language: chat?.language ?? customer.language ?? 'uz', connection };
    },
  };
}

export type AudienceRepo = ReturnType<typeof createAudienceRepo>;
