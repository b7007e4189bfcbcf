// The statements of a message's path are planned once per connection, maybe while the tables are empty. Their plans must serve
// a full database too: no part of one may read more rows as the tables grow.
import type pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claim, reclaim } from '../../src/pipeline/work.ts';
import { type Database, PLAN_ONCE } from '../../src/platform/db/database.ts';
import { pipeline, type Shop, seedShop, textMessage } from '../support/pipeline.ts';
import { soak } from '../support/soak.ts';
import { type TestDatabase, testDatabase } from '../support/test-database.ts';

interface Statement {
  name: string;
  text: string;
  values: unknown[];
}

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Join Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: PlanNode[];
}

/** Rows that one part of a statement looked at. */
interface Read {
  statement: string;
  table: string;
  rows: number;
}

const SOME = 40;
const MANY = soak(800, 2_000);
// What one message of one conversation touches: its history, its own rows.
const FEW = 60;

let opened: TestDatabase;
let shop: Shop;
let session: pg.Client;
let prepared: Set<string>;
let filled: number;
beforeEach(async () => {
  opened = await testDatabase({ fresh: true });
  shop = await seedShop(opened.database);
  session = opened.database.dedicatedClient();
  await session.connect();
  await session.query(PLAN_ONCE);
  prepared = new Set();
  filled = 0;
});
afterEach(async () => {
  await session.end();
  await opened.close();
});

/** Performs `work`; each named statement is explained in `session` before it runs, and undone there. Returns what their parts read. */
async function readsOf({ sql }: Database, work: () => Promise<void>): Promise<Read[]> {
  const reads: Read[] = [];
  const query = sql.query;
  sql.query = (async (statement: string | Statement, values?: unknown[]) => {
    if (typeof statement === 'object') reads.push(...(await explain(statement)));
    return query(statement as string, values);
  }) as typeof query;
  await work().finally(() => {
    sql.query = query;
  });
  return reads;
}

async function explain({ name, text, values }: Statement): Promise<Read[]> {
  const quoted = values.map((_, i) => `quote_nullable($${i + 1}::text)`).join(', ');
  const {
    rows: [literals = []],
  } = await session.query<string[]>({ text: `SELECT ${quoted}`, values, rowMode: 'array' });
  if (!prepared.has(name)) await session.query(`PREPARE "plan of ${name}" AS ${text}`);
  prepared.add(name);
  await session.query('BEGIN');
  const { rows } = await session.query(`EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE "plan of ${name}" (${literals.join(', ')})`);
  await session.query('ROLLBACK');
  return nodesOf(rows[0]['QUERY PLAN'][0].Plan)
    .filter((node) => node['Relation Name'] !== undefined)
    .map((node) => ({ statement: name, table: `${node['Relation Name']} by ${node['Index Name']}`, rows: rowsOf(node) }));
}

async function answer(chat: string, ...texts: string[]): Promise<void> {
  const line = pipeline(opened.database);
  const messages = texts.map((text) => textMessage(chat, text));
  await line.receive({ connectionId: shop.connectionId, leaseEpoch: null, messages });
  const { claimed } = await claim(opened.database.sql, { most: 10, mostOfOne: 16, fullConnections: [] });
  const [work] = claimed;
  if (!work) throw new Error('no work');
  await line.answer(work);
  await reclaim(opened.database.sql, { everyone: false });
  expect(line.sent).toHaveLength(1);
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];
const rowsOf = (node: PlanNode): number =>
  node['Actual Loops'] *
  (node['Actual Rows'] +
    (node['Rows Removed by Filter'] ?? 0) +
    (node['Rows Removed by Join Filter'] ?? 0) +
    (node['Rows Removed by Index Recheck'] ?? 0));

/** So many conversations more, each with five messages, half of them with a job that waits, a few with one under way. */
async function fill({ sql }: Database, conversations: number): Promise<void> {
  const { tenantId, botId, connectionId } = shop;
  await sql.query(
    `WITH customer AS (
      INSERT INTO customers (id, tenant_id, bot_id, connection_id, platform_user_id)
      SELECT gen_random_uuid(), $1, $2, $3, 'other ' || n FROM generate_series($4::int + 1, $5::int) n RETURNING id, platform_user_id),
    conversation AS (
      INSERT INTO conversations (id, tenant_id, bot_id, connection_id, customer_id, chat_id)
      SELECT gen_random_uuid(), $1, $2, $3, id, platform_user_id FROM customer RETURNING id, customer_id),
    message AS (
      INSERT INTO messages (tenant_id, conversation_id, connection_id, customer_id, direction, external_id, kind, text, status)
      SELECT $1, v.id, $3, v.customer_id, 'in', v.id || ' ' || n, 'text', 'Hi', CASE n WHEN 5 THEN 'received' ELSE 'answered' END::"MessageStatus"
      FROM conversation v CROSS JOIN generate_series(1, 5) n RETURNING id, conversation_id)
    INSERT INTO conversation_work (conversation_id, connection_id, first_message_id, newest_message_id, wake_at, state, heartbeat_at)
    SELECT conversation_id, $3, max(id), max(id), now() + interval '1 hour',
      CASE WHEN conversation_id::text < '02' THEN 'claimed' ELSE 'ready' END::"WorkState", now()
    FROM message WHERE conversation_id::text < '8' GROUP BY conversation_id`,
    [tenantId, botId, connectionId, filled, filled + conversations],
  );
  filled += conversations;
}

const MESSAGE_PATH = ['begin-turns', 'charge-turns', 'claim-work', 'receive-messages', 'save-replies', 'settle-work'];

test.each([
  ['nothing is known of the tables', 0],
  ['they were counted while small', SOME],
])('a plan made while %s reads few rows when they are full', async (_, conversations) => {
  const { database } = opened;
  if (conversations > 0) {
    await fill(database, conversations);
    await database.sql.query('DELETE FROM conversation_work');
    await database.sql.query('ANALYZE');
  }
  await readsOf(database, () => answer('a', 'Do you have bread?'));
  await fill(database, MANY);

  const reads = await readsOf(database, async () => {
    await answer('a', 'And cake?');
    await answer('b', 'Hi', 'How much is a loaf?');
  });

  expect(reads.map(({ statement }) => statement)).toEqual(expect.arrayContaining(MESSAGE_PATH));
  expect(reads.filter(({ rows }) => rows > FEW)).toEqual([]);
});
