import type { Database } from '#platform/db/database.ts';

/** A bot and how it is, without what it says or is told. */
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

const withState = (condition: string): string => `EXISTS (SELECT 1 FROM connections c WHERE c.bot_id = b.id AND ${condition})`;

const LIST = `SELECT page.*, t.name AS "tenantName",
    (SELECT m.user_id FROM memberships m WHERE m.tenant_id = t.id AND m.role = 'owner' ORDER BY m.created_at LIMIT 1) AS "ownerId",
    (SELECT count(*) FROM knowledge_entries WHERE bot_id = page.id) AS entries,
    (SELECT max(last_message_at) FROM conversations WHERE bot_id = page.id AND connection_id IS NOT NULL) AS "lastMessageAt",
    coalesce((SELECT json_agg(json_build_object('platform', platform, 'username', username, 'state', state, 'enabled', enabled,
      'reason', failure_reason) ORDER BY id) FROM connections WHERE bot_id = page.id), '[]') AS connections
  FROM (SELECT b.id, b.name, b.tenant_id AS "tenantId", b.created_at AS "createdAt"
    FROM bots b JOIN tenants t ON t.id = b.tenant_id
    WHERE ($1 = '' OR b.name ILIKE $1 OR t.name ILIKE $1 OR ${withState('c.username ILIKE $1')})
      AND CASE $2 WHEN 'active' THEN ${withState("c.enabled AND c.state = 'ACTIVE'")} WHEN 'failed' THEN ${withState("c.state = 'FAILED'")}
        WHEN 'stopped' THEN NOT ${withState('c.enabled')} ELSE true END
      AND ($3::uuid IS NULL OR b.tenant_id = $3) AND ($4::uuid IS NULL OR b.id < $4)
    ORDER BY b.id DESC LIMIT ${PAGE_SIZE + 1}) page JOIN tenants t ON t.id = page."tenantId" ORDER BY page.id DESC`;

/** Bots of all tenants, for admins. */
export function createAdminBotsRead({ database: { sql } }: { database: Database }) {
  return async ({ q, state, tenantId, after }: BotFilter): Promise<BotLine[]> => {
    const pattern = q === '' ? '' : `%${q.replace(/[\\%_]/g, '\\$&')}%`;
    return (await sql.query<BotLine & Record<string, unknown>>(LIST, [pattern, state, tenantId, after])).rows;
  };
}

export type AdminBotsRead = ReturnType<typeof createAdminBotsRead>;
