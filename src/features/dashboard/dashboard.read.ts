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
  lastText: string | null;
}

export interface DashboardNumbers {
  conversationsToday: number;
  waitingTotal: number;
  hasKnowledge: boolean;
  triedInPlayground: boolean;
  firstCustomerAnswered: boolean;
}

const WAITING_SHOWN = 6;
const COUNT_CAP = 100;

const waitingConversations = report<{ tenantId: string; now: Date; limit: number }, WaitingConversation>(
  import.meta.url,
  './statements/waiting-conversations.sql',
);
const dashboardNumbers = report<{ tenantId: string; now: Date; timeZone: string; cap: number }, DashboardNumbers>(
  import.meta.url,
  './statements/dashboard-numbers.sql',
);

export function createDashboardRead({ database: { sql } }: { database: Database }) {
  return {
    waiting: (tenantId: string, now: Date): Promise<WaitingConversation[]> =>
      waitingConversations(sql, { tenantId, now, limit: WAITING_SHOWN }),

    async numbers(tenantId: string, now: Date, timeZone: string): Promise<DashboardNumbers> {
      const [numbers] = await dashboardNumbers(sql, { tenantId, now, timeZone, cap: COUNT_CAP });
      return numbers as DashboardNumbers;
    },
  };
}

export type DashboardRead = ReturnType<typeof createDashboardRead>;
