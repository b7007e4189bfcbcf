// node scripts/seed-large.ts DATABASE_URL [TENANTS [MESSAGES [rows]]]: seeds 10,000 tenants and 1,000,000 messages, then times the admin
// pages and a large tenant's list of conversations (EXPLAIN=1 prints the plans). It needs a database of its own.

import pg from 'pg';
import { createActivityRead } from '../src/features/activity/activity.read.ts';
import { createBotDaysRepo } from '../src/features/analytics/bot-days.repo.ts';
import { createListRead } from '../src/features/conversations/list.read.ts';
import { EVERY_CONVERSATION } from '../src/features/conversations/list-query.ts';
import { createAdminBotsRead } from '../src/features/operators/bots.read.ts';
import { createOversightRead } from '../src/features/operators/oversight.read.ts';
import { createPeopleRead } from '../src/features/operators/people.read.ts';
import { openMigrated } from '../src/platform/db/open.ts';

const [databaseUrl, tenants = '10000', messages = '1000000', part] = process.argv.slice(2);
if (!databaseUrl) {
  console.error('usage: node scripts/seed-large.ts DATABASE_URL [TENANTS [MESSAGES]]');
  process.exit(2);
}
const opened = await openMigrated({ databaseUrl, dataDir: '/nonexistent', onError: () => {} });
const { database } = opened;
const [tenantCount, messageCount] = [Number(tenants), Number(messages)];
const CHATS_PER_TENANT = 10;
/** The first tenant has a tenth of everything. */
const LARGE = 1;

// Ids by kind and number, in the shape of a UUID.
const id = (kind: number, number: string): string =>
  `('0189000${kind}-0000-7000-8000-' || lpad((${number})::text, 12, '0'))::uuid`;
// A question (even) and its answer share one chat.
const chatOf = `CASE WHEN n % 20 = 0 THEN n % 20000 ELSE 20000 + n % ${tenantCount * CHATS_PER_TENANT} END`;
const tenantOf = (chat: string): string =>
  `CASE WHEN ${chat} < 20000 THEN ${LARGE} ELSE (${chat} - 20000) / ${CHATS_PER_TENANT} + 1 END`;

const chats = 20_000 + tenantCount * CHATS_PER_TENANT;
const STEPS: [string, string, number][] = [
  [
    'tenants',
    `INSERT INTO tenants (id, name, created_at)
     SELECT ${id(1, 'n')}, 'Business ' || n, now() - interval '41 days' - n * interval '1 hour' / 50
     FROM generate_series($1::int, $2) n`,
    tenantCount,
  ],
  [
    'users',
    `INSERT INTO users (id, username, username_key, email, email_key, password_hash, created_at)
     SELECT ${id(2, 'n')}, 'owner' || n, 'owner' || n, 'owner' || n || '@example.com', 'owner' || n || '@example.com', '-',
       now() - n * interval '1 hour' / 50
     FROM generate_series($1::int, $2) n`,
    tenantCount,
  ],
  [
    'memberships',
    `INSERT INTO memberships (tenant_id, user_id, role)
     SELECT ${id(1, 'n')}, ${id(2, 'n')}, 'owner'
     FROM generate_series($1::int, $2) n`,
    tenantCount,
  ],
  [
    'subscriptions',
    `INSERT INTO subscriptions (id, tenant_id, type, max_bots, max_messages_per_month)
     SELECT ${id(3, 'n')}, ${id(1, 'n')}, (ARRAY['FREE','STARTER','BASIC','PREMIUM'])[n % 4 + 1]::"PlanName", 5, 5000
     FROM generate_series($1::int, $2) n`,
    tenantCount,
  ],
  [
    'bots',
    `INSERT INTO bots (id, tenant_id, name, system_prompt)
     SELECT ${id(4, 'n')}, ${id(1, 'n')}, 'Bot ' || n, 'Kind.'
     FROM generate_series($1::int, $2) n`,
    tenantCount,
  ],
  [
    'connections',
    `INSERT INTO connections (id, tenant_id, bot_id, platform, account_id, username, sealed_secrets, secret_last4, state)
     SELECT ${id(5, 'n')}, ${id(1, 'n')}, ${id(4, 'n')}, 'telegram', n::text, 'bot_' || n, 'x', 'AAAA',
       (CASE WHEN n % 20 = 0 THEN 'FAILED' ELSE 'ACTIVE' END)::"ConnectionState"
     FROM generate_series($1::int, $2) n`,
    tenantCount,
  ],
  [
    'customers',
    `INSERT INTO customers (id, tenant_id, bot_id, connection_id, platform_user_id, first_name)
     SELECT ${id(6, 'n')}, ${id(1, tenantOf('n'))}, ${id(4, tenantOf('n'))}, ${id(5, tenantOf('n'))}, n::text, 'Customer ' || n
     FROM generate_series($1::int, $2) n`,
    chats - 1,
  ],
  [
    'conversations',
    `INSERT INTO conversations (id, tenant_id, bot_id, connection_id, customer_id, chat_id, language, last_message_at, created_at)
     SELECT ${id(7, 'n')}, ${id(1, tenantOf('n'))}, ${id(4, tenantOf('n'))}, ${id(5, tenantOf('n'))}, ${id(6, 'n')}, n::text,
       (ARRAY['uz','ru','en','uz-Cyrl'])[n % 4 + 1], now() - n * interval '1 second', now() - (n % 40) * interval '1 day'
     FROM generate_series($1::int, $2) n`,
    chats - 1,
  ],
  [
    'messages',
    `INSERT INTO messages (tenant_id, conversation_id, connection_id, customer_id, direction, external_id, kind, text, status,
       mode, reason, reply_to_id, took_ms, created_at)
     SELECT ${id(1, tenantOf('chat'))}, ${id(7, 'chat')}, ${id(5, tenantOf('chat'))}, ${id(6, 'chat')},
       (CASE WHEN n % 2 = 0 THEN 'in' ELSE 'out' END)::"MessageDirection",
       n::text, 'text', 'Message number ' || n, (CASE WHEN n % 2 = 0 THEN 'answered' ELSE 'sent' END)::"MessageStatus",
       CASE WHEN n % 2 = 1 THEN CASE WHEN n % 51 = 0 THEN 'fallback' ELSE 'ai' END END,
       CASE WHEN n % 51 = 0 AND n % 2 = 1 THEN 'no_knowledge' WHEN n % 101 = 0 THEN 'timeout' END,
       CASE WHEN n % 2 = 1 AND n > 10 THEN n - 1 END, CASE WHEN n % 2 = 1 THEN 400 + n % 3000 END,
       now() - (${messageCount} - n) * interval '40 days' / ${messageCount}
     FROM (SELECT n, greatest(1, ${chatOf.replaceAll('n %', '(n - n % 2) %')}) AS chat FROM generate_series($1::int, $2) n) m`,
    messageCount,
  ],
  [
    'audit_lines',
    `INSERT INTO audit_lines (tenant_id, actor_id, actor_kind, action, ip)
     SELECT ${id(1, 'n')}, ${id(2, 'n')}, 'owner', 'session.started', '10.0.0.1'
     FROM generate_series($1::int, $2) n`,
    tenantCount,
  ],
];

const STEP_ROWS = 10_000;
// Without a time limit: the search indexes make a step long on a busy machine.
const unhurried = new pg.Client({ connectionString: databaseUrl });
await unhurried.connect();
await unhurried.query('SET synchronous_commit = off');
for (const [table, text, rows] of STEPS) {
  const { rows: kept } = await database.sql.query<{ any: boolean }>(`SELECT EXISTS (SELECT 1 FROM ${table}) AS any`);
  if (kept[0]?.any) continue;
  const beganMs = performance.now();
  for (let from = 1; from <= rows; from += STEP_ROWS) await unhurried.query(text, [from, Math.min(from + STEP_ROWS - 1, rows)]);
  console.log(`${table}: ${rows} rows in ${Math.round((performance.now() - beganMs) / 1_000)} s`);
}
await unhurried.query('ANALYZE');
await unhurried.end();
// `rows`: the counts of past days, which admins' pages and analytics show, are left out.
if (part === 'rows') process.exit(0);

const oversight = createOversightRead({ database });
const now = new Date();
const began = performance.now();
await oversight.rollUpAcrossTenants(now);
await createBotDaysRepo({ database }).rollUpAcrossTenants(now);
console.log(`counting the days that are over: ${Math.round(performance.now() - began)} ms, once a day`);

const people = createPeopleRead({ database });
const bots = createAdminBotsRead({ database });
const trail = createActivityRead({ database });
const conversations = createListRead({ database });
const large = `01890001-0000-7000-8000-${String(LARGE).padStart(12, '0')}`;
const LOOKS: Record<string, () => Promise<unknown>> = {
  'admin dashboard': async () => {
    await oversight.totalsAcrossTenants(now);
    await oversight.daysAcrossTenants(now);
    await oversight.failuresAcrossTenants(now);
    await oversight.connectionsAcrossTenants();
    await oversight.channelFaultsAcrossTenants(now);
    await oversight.leasesAcrossTenants();
  },
  'people, first page': () => people.listAcrossTenants({ q: '', plan: null, state: 'all', after: null }),
  'people, searched': () => people.listAcrossTenants({ q: 'owner4321', plan: null, state: 'all', after: null }),
  'bots, failing': () => bots({ q: '', state: 'failed', tenantId: null, after: null }),
  'audit, first page': () => trail({ q: '', actorKind: null, tenantId: null, before: null }),
  'conversations of a large tenant': () => conversations.list(large, null, EVERY_CONVERSATION),
  'a word of every message of a large tenant': () => conversations.list(large, null, { ...EVERY_CONVERSATION, q: 'message' }),
  'a word of one message': () => conversations.list(large, null, { ...EVERY_CONVERSATION, q: 'number 500000' }),
  'a word of no message': () => conversations.list(large, null, { ...EVERY_CONVERSATION, q: 'хачапури' }),
  'a part of a name': () => conversations.list(large, null, { ...EVERY_CONVERSATION, q: 'stomer 77' }),
};
const RUNS = 40;
for (const [name, look] of Object.entries(LOOKS)) {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const startMs = performance.now();
    await look();
    times.push(performance.now() - startMs);
  }
  times.sort((a, b) => a - b);
  const at = (share: number): string => (times[Math.floor(times.length * share)] as number).toFixed(1);
  console.log(`${name}: median ${at(0.5)} ms, p95 ${at(0.95)} ms`);
}
await opened.close();
