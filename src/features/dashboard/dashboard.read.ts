import type { ChannelKind } from '#core/message.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

export interface WaitingConversation {
  id: string;
  botId: string;
  platform: ChannelKind;
  customerName: string | null;
  username: string | null;
  /** `unanswered`: the bot has not replied for minutes. */
  why: 'asked' | 'no_answer' | 'wrote' | 'late' | 'unanswered';
  since: Date;
  /** What the customer wrote, newest first, without commands. */
  lastTexts: string[];
}

export interface DashboardNumbers {
  conversationsToday: number;
  waitingTotal: number;
  hasKnowledge: boolean;
  triedInPlayground: boolean;
  firstCustomerAnswered: boolean;
}

export interface TodayFigures {
  received: number;
  /** By the AI, from the knowledge or by a person. */
  answered: number;
  byAi: number;
  byStaff: number;
  handedOver: number;
}

const WAITING_SHOWN = 10;
const COUNT_CAP = 100;

const waitingConversations = report<{ tenantId: string; now: Date; limit: number }, WaitingConversation>(
  import.meta.url,
  './statements/waiting-conversations.sql',
);
const dashboardNumbers = report<{ tenantId: string; now: Date; timeZone: string; cap: number }, DashboardNumbers>(
  import.meta.url,
  './statements/dashboard-numbers.sql',
);

const todayFigures = report<{ tenantId: string; now: Date; timeZone: string }, TodayFigures>(
  import.meta.url,
  './statements/today-figures.sql',
);
const dashboardVersions = report<{ tenantIds: string[]; cap: number }, { id: string; version: string }>(
  import.meta.url,
  './statements/dashboard-versions.sql',
);

export function createDashboardRead({ database: { sql } }: { database: Database }) {
  return {
    waiting: (tenantId: string, now: Date): Promise<WaitingConversation[]> =>
      waitingConversations(sql, { tenantId, now, limit: WAITING_SHOWN }),

    async versions(tenantIds: string[]): Promise<Map<string, string>> {
      const rows = await dashboardVersions(sql, { tenantIds, cap: COUNT_CAP });
      return new Map(rows.map(({ id, version }) => [id, version]));
    },

    async today(tenantId: string, now: Date, timeZone: string): Promise<TodayFigures> {
      const [figures] = await todayFigures(sql, { tenantId, now, timeZone });
      return figures as TodayFigures;
    },

    async numbers(tenantId: string, now: Date, timeZone: string): Promise<DashboardNumbers> {
      const [numbers] = await dashboardNumbers(sql, { tenantId, now, timeZone, cap: COUNT_CAP });
      return numbers as DashboardNumbers;
    },
  };
}

export type DashboardRead = ReturnType<typeof createDashboardRead>;
