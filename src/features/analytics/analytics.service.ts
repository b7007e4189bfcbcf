import type { KnowledgeSearch } from '#answering/knowledge-search.ts';
import { monthsUntil, type Period, periodOf } from '#core/analytics-period.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { dayIn } from '#core/time.ts';
import type { Actor } from '#web/actor.ts';
import type { AnalyticsRead, CountedDay } from './analytics.read.ts';
import { busiestOf, tablesOf, totalsOf } from './analytics-tables.ts';
import { groupQuestions, type QuestionGroup } from './group-questions.ts';

interface Deps {
  read: AnalyticsRead;
  search: Pick<KnowledgeSearch, 'choose'>;
  versionOf: (tenantId: string, botId: string) => Promise<number>;
  audit: AuditLog;
}

interface Whose {
  tenant: { id: string; timeZone: string };
  botId: string;
}

export const QUESTIONS_SHOWN = 8;

export function createAnalytics({ read, search, versionOf, audit }: Deps) {
  const todayIn = (timeZone: string, now: Date): string => dayIn(now, timeZone);

  /** Null for a past month that was never counted. */
  async function activeIn({ tenant, botId }: Whose, period: Period, today: string, days: CountedDay[]): Promise<number | null> {
    if (period.until === today) return read.activeSince(tenant.id, botId, tenant.timeZone, period.from);
    return days.find(({ day }) => day === period.until)?.counts['monthActive'] ?? (days.length > 0 ? null : 0);
  }

  /** With the entry that is sent for it without AI today, so that nobody adds it twice. */
  async function withEntries({ tenant, botId }: Whose, groups: QuestionGroup[]) {
    const knowledgeVersion = await versionOf(tenant.id, botId);
    const entryFor = async (text: string) => {
      const choice = await search.choose({ tenantId: tenant.id, botId, knowledgeVersion, query: text });
      return choice.kind === 'sure' ? choice.match.entry : null;
    };
    return Promise.all(groups.map(async (group) => ({ ...group, entry: await entryFor(group.text) })));
  }

  return {
    async look(whose: Whose, key: unknown, now: Date) {
      const { tenant, botId } = whose;
      const today = todayIn(tenant.timeZone, now);
      const period = periodOf(key, today);
      const days = await read.days(tenant.id, botId, tenant.timeZone, period);
      const groups = groupQuestions(await read.unanswered(tenant.id, botId, tenant.timeZone, period));
      const tables = tablesOf(days, period);
      return {
        period,
        months: monthsUntil(today),
        active: await activeIn(whose, period, today, days),
        totals: totalsOf(days),
        tables,
        busiest: busiestOf(tables.hours),
        questions: groups.length > 0 ? await withEntries(whose, groups.slice(0, QUESTIONS_SHOWN)) : [],
        questionCount: groups.length,
      };
    },

    async tables({ tenant, botId }: Whose, key: unknown, now: Date) {
      const period = periodOf(key, todayIn(tenant.timeZone, now));
      return tablesOf(await read.days(tenant.id, botId, tenant.timeZone, period), period);
    },

    async questions({ tenant, botId }: Whose, key: unknown, now: Date): Promise<QuestionGroup[]> {
      const period = periodOf(key, todayIn(tenant.timeZone, now));
      return groupQuestions(await read.unanswered(tenant.id, botId, tenant.timeZone, period));
    },

    exported: (actor: Actor, botId: string, details: { table: string; period: string }): Promise<void> =>
      audit.record({ ...actor, action: 'analytics.exported', targetType: 'bot', targetId: botId, details }),
  };
}

export type Analytics = ReturnType<typeof createAnalytics>;
