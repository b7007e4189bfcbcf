import type { Database } from '#platform/db/database.ts';
import { containing } from '#platform/db/like-pattern.ts';
import { report } from '#platform/db/statement.ts';

/** A bot's state, without its prompt or messages. */
export interface BotLine {
  id: string;
  name: string;
  tenantId: string;
  tenantName: string;
  ownerId: string | null;
  createdAt: Date;
  entries: number;
  lastMessageAt: Date | null;
  connections: { platform: string; username: string | null; state: string; enabled: boolean; reason: string | null }[];
}

export const BOT_STATES = ['all', 'active', 'failed', 'stopped'] as const;
export interface BotFilter {
  q: string;
  state: (typeof BOT_STATES)[number];
  tenantId: string | null;
  after: string | null;
}

export const PAGE_SIZE = 30;

const listBots = report<Omit<BotFilter, 'q'> & { pattern: string; limit: number }, BotLine>(
  import.meta.url,
  './statements/list-bots-of-all.sql',
);

/** One page of all tenants' bots, and one line more when there is another page. */
export function createAdminBotsRead({ database: { sql } }: { database: Database }) {
  return ({ q, ...filter }: BotFilter): Promise<BotLine[]> =>
    listBots(sql, { ...filter, pattern: containing(q), limit: PAGE_SIZE + 1 });
}

export type AdminBotsRead = ReturnType<typeof createAdminBotsRead>;
