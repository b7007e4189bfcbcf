import type { ChannelKind } from '#core/message.ts';
import type { AudienceGroup } from '#core/plan-broadcast.ts';
import { PLANS, type PlanName } from '#core/plans.ts';
import type { Database } from '#platform/db/database.ts';
import { GROUPS } from './audience.sql.ts';
import type { BroadcastContent } from './broadcasts.repo.ts';

export interface Audience {
  channel: string | null;
  language: string | null;
  activeDays: number | null;
}

/** What the channels allow. */
export interface ChannelRules {
  windowsMs: Record<string, number>;
  ready: string[];
  /** Those that take an approved template outside their window. */
  templates: string[];
  /** Those that would have to fetch a photo themselves and cannot. */
  noPhoto: string[];
}

/** The same for one broadcast, as the statements want it. */
export function rulesFor(rules: ChannelRules, { photoId, template }: Pick<BroadcastContent, 'photoId' | 'template'>): string {
  const hasTemplate = (channel: string): boolean => template !== null && rules.templates.includes(channel);
  const windows = Object.entries(rules.windowsMs);
  return JSON.stringify({
    windows: Object.fromEntries(windows.filter(([channel]) => !hasTemplate(channel))),
    templates: Object.fromEntries(windows.filter(([channel]) => hasTemplate(channel))),
    takesTemplates: rules.templates,
    noPhoto: photoId === null ? [] : rules.noPhoto,
  });
}

/** A customer a test message can go to. */
export interface TestCustomer {
  id: string;
  name: string;
  platform: string;
}

/** Somebody who may be the owner: the last few who wrote. */
const TEST_CUSTOMERS = 20;
const NAME = `coalesce(nullif(trim(concat_ws(' ', c.first_name, c.last_name)), ''), '@' || c.username, c.platform_user_id)`;
const TESTERS = `SELECT c.id, ${NAME} AS name, n.platform
  FROM (SELECT * FROM conversations WHERE tenant_id = $1 AND bot_id = $2 AND connection_id IS NOT NULL AND NOT is_group
    ORDER BY last_message_at DESC LIMIT ${TEST_CUSTOMERS}) v
  JOIN connections n ON n.id = v.connection_id JOIN customers c ON c.connection_id = v.connection_id AND c.platform_user_id = v.chat_id
  WHERE c.unreachable_at IS NULL ORDER BY v.last_message_at DESC`;
const TESTER = `SELECT c.platform_user_id AS "chatId", coalesce(v.language, c.language, 'uz') AS language,
    json_build_object('id', n.id, 'tenantId', n.tenant_id, 'platform', n.platform, 'sealedSecrets', n.sealed_secrets) AS connection
  FROM customers c JOIN connections n ON n.id = c.connection_id
  LEFT JOIN conversations v ON v.connection_id = n.id AND v.chat_id = c.platform_user_id
  WHERE c.tenant_id = $1 AND c.bot_id = $2 AND c.id = $3`;
const MONTH = `SELECT coalesce((SELECT s.type::text FROM subscriptions s
    WHERE s.tenant_id = $1 AND s.active AND (s.ends_at IS NULL OR s.ends_at > now())), 'FREE') AS plan,
  coalesce((SELECT u.broadcast_recipients FROM usage_months u
    WHERE u.tenant_id = $1 AND u.month = date_trunc('month', now() AT TIME ZONE 'UTC')::date), 0) AS used`;

export interface Tester {
  chatId: string;
  language: string;
  connection: { id: string; tenantId: string; platform: ChannelKind; sealedSecrets: string };
}

/** A bot's customers as a broadcast sees them. */
export function createAudienceRepo({ database, rules }: { database: Database; rules: ChannelRules }) {
  const { sql } = database;
  return {
    /** How many get it, by connection, and how many do not, by reason. */
    async groups(tenantId: string, botId: string, content: BroadcastContent): Promise<AudienceGroup[]> {
      const { channel, language, activeDays } = content;
      const values = [rulesFor(rules, content), rules.ready, channel, language, activeDays, tenantId, botId];
      // Compiling the statement would take Postgres longer than performing it.
      return database.inTransaction(async (tx) => {
        await tx.query('SET LOCAL jit = off');
        return (await tx.query<AudienceGroup>(GROUPS, values)).rows;
      });
    },

    /** Whether the bot has more customers than that, without looking at each. */
    async isLargerThan(tenantId: string, botId: string, count: number): Promise<boolean> {
      const text = 'SELECT 1 FROM customers WHERE tenant_id = $1 AND bot_id = $2 OFFSET $3 LIMIT 1';
      return (await sql.query(text, [tenantId, botId, count])).rowCount === 1;
    },

    /** The plan's recipients a month, and how many of this month are used. */
    async month(tenantId: string): Promise<{ limit: number; left: number }> {
      const { rows } = await sql.query<{ plan: PlanName; used: number }>(MONTH, [tenantId]);
      const { plan = 'FREE', used = 0 } = rows[0] ?? {};
      const limit = PLANS[plan].maxBroadcastRecipientsPerMonth;
      return { limit, left: Math.max(0, limit - used) };
    },

    /** The channels the bot is on. */
    async channels(tenantId: string, botId: string): Promise<ChannelKind[]> {
      const text = 'SELECT DISTINCT platform FROM connections WHERE tenant_id = $1 AND bot_id = $2 ORDER BY platform';
      return (await sql.query<{ platform: ChannelKind }>(text, [tenantId, botId])).rows.map(({ platform }) => platform);
    },

    async testers(tenantId: string, botId: string): Promise<TestCustomer[]> {
      return (await sql.query<TestCustomer>(TESTERS, [tenantId, botId])).rows;
    },

    async tester(tenantId: string, botId: string, customerId: string): Promise<Tester | null> {
      return (await sql.query<Tester>(TESTER, [tenantId, botId, customerId])).rows[0] ?? null;
    },
  };
}

export type AudienceRepo = ReturnType<typeof createAudienceRepo>;
