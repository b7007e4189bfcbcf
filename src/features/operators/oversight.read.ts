import { DAY_MS } from '#core/durations.ts';
import type { ChannelKind } from '#core/message.ts';
import { AI_FAULT_REASONS, type WebhookRefusal } from '#core/reasons.ts';
import { DEFAULT_TIME_ZONE } from '#core/time.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

/** Counts only, no content. */
export interface Totals {
  tenants: number;
  suspended: number;
  newTenants: number;
  bots: number;
  activeBots: number;
}
export interface MessageDay {
  day: string;
  received: number;
  sent: number;
  aiFailures: number;
  newTenants: number;
}
export interface Counted {
  name: string;
  state: string;
  count: number;
}
export interface Refusals {
  platform: ChannelKind;
  reason: WebhookRefusal;
  count: number;
  lastAt: Date;
}

export const DAYS_SHOWN = 30;
const MAX_FAULTS = 30;

interface Days {
  now: Date;
  zone: string;
  days: number;
  failures: readonly string[];
}
const listMessageDays = report<Days, MessageDay>(import.meta.url, './statements/list-message-days.sql');
const rollUpMessageDays = report<Days>(import.meta.url, './statements/roll-up-message-days.sql');
const summarizeMessageTimes = report<object, { pages: number }>(import.meta.url, './statements/summarize-message-times.sql');
const countAiFailures = report<Pick<Days, 'now' | 'failures'>, Counted>(import.meta.url, './statements/count-ai-failures.sql');
const countQueuedJobs = report<object, Counted>(import.meta.url, './statements/count-queued-jobs.sql');
const countLeases = report<object, Counted>(import.meta.url, './statements/count-leases.sql');

const daysAt = (now: Date): Days => ({ now, zone: DEFAULT_TIME_ZONE, days: DAYS_SHOWN, failures: AI_FAULT_REASONS });
const dayBefore = (now: Date): Date => new Date(now.getTime() - DAY_MS);

export function createOversightRead({ database: { sql, prisma } }: { database: Database }) {
  return {
    async totalsAcrossTenants(now: Date): Promise<Totals> {
      const shownSince = new Date(now.getTime() - DAYS_SHOWN * DAY_MS);
      const active = { connections: { some: { enabled: true, state: 'ACTIVE' } }, tenant: { suspendedAt: null } } as const;
      const [tenants, suspended, newTenants, bots, activeBots] = await Promise.all([
        prisma.tenant.count(),
        prisma.tenant.count({ where: { suspendedAt: { not: null } } }),
        prisma.tenant.count({ where: { createdAt: { gt: shownSince } } }),
        prisma.bot.count(),
        prisma.bot.count({ where: active }),
      ]);
      return { tenants, suspended, newTenants, bots, activeBots };
    },

    /** Oldest first. The current day is counted so far. */
    daysAcrossTenants: (now: Date): Promise<MessageDay[]> => listMessageDays(sql, daysAt(now)),

    failuresAcrossTenants: (now: Date): Promise<Counted[]> => countAiFailures(sql, { now, failures: AI_FAULT_REASONS }),

    async connectionsAcrossTenants(): Promise<Counted[]> {
      const groups = await prisma.connection.groupBy({
        by: ['platform', 'state'],
        _count: true,
        orderBy: [{ platform: 'asc' }, { state: 'asc' }],
      });
      return groups.map(({ platform: name, state, _count: count }) => ({ name, state, count }));
    },

    /** Failed connections, and what platforms refused in the last 24 hours. */
    async channelFaultsAcrossTenants(now: Date): Promise<Counted[]> {
      const [failed, refused] = await Promise.all([
        prisma.connection.groupBy({
          by: ['platform', 'failureReason'],
          where: { enabled: true, failureReason: { not: null } },
          _count: true,
        }),
        prisma.connection.groupBy({
          by: ['platform', 'lastError'],
          where: { enabled: true, lastError: { not: null }, lastErrorAt: { gt: dayBefore(now) } },
          _count: true,
        }),
      ]);
      const faults = [
        ...failed.map(({ platform: name, failureReason, _count }) => ({
          name,
          state: `connection.${failureReason}`,
          count: _count,
        })),
        ...refused.map(({ platform: name, lastError, _count }) => ({ name, state: `peer.${lastError}`, count: _count })),
      ];
      return faults.toSorted((a, b) => b.count - a.count).slice(0, MAX_FAULTS);
    },

    /** Of the last 24 hours, latest first. */
    async refusalsAcrossTenants(now: Date): Promise<Refusals[]> {
      const groups = await prisma.webhookRefusal.groupBy({
        by: ['platform', 'reason'],
        where: { slot: { gt: dayBefore(now) } },
        _sum: { count: true },
        _max: { lastAt: true },
        orderBy: [{ _max: { lastAt: 'desc' } }, { platform: 'asc' }, { reason: 'asc' }],
      });
      return groups.map(({ platform, reason, _sum, _max }) => ({
        platform,
        reason: reason as WebhookRefusal,
        count: _sum.count ?? 0,
        lastAt: _max.lastAt as Date,
      }));
    },

    queueAcrossTenants: (): Promise<Counted[]> => countQueuedJobs(sql, {}),
    leasesAcrossTenants: (): Promise<Counted[]> => countLeases(sql, {}),

    /** Counts past days once. Safe to repeat. */
    async rollUpAcrossTenants(now: Date): Promise<void> {
      await summarizeMessageTimes(sql, {});
      await rollUpMessageDays(sql, daysAt(now));
    },
  };
}

export type OversightRead = ReturnType<typeof createOversightRead>;
