// Broadcasts whose business, bot or customer is deleted or suspended while they are sent.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createErasureRepo } from '../../../src/features/privacy/erasure.repo.ts';
import { until } from '../../support/app-process.ts';
import { type BroadcastProcess, broadcastProcess, content, countsOf, ownerOf, stateOf } from '../../support/broadcast-world.ts';
import { addAudience } from '../../support/factories.ts';
import { type Shop, seedShop } from '../../support/pipeline.ts';
import { type TestDatabase, testDatabase } from '../../support/test-database.ts';

const CUSTOMERS = 80;

let opened: TestDatabase;
const running: BroadcastProcess[] = [];
beforeAll(async () => {
  opened = await testDatabase();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map(({ runner }) => runner.stop()));
});
afterAll(() => opened.close());

const sql = (text: string, values: unknown[] = []) => opened.database.sql.query<Record<string, unknown>>(text, values);

/** A broadcast with its first messages sent. */
async function underWay(): Promise<{ shop: Shop; id: string; process: BroadcastProcess }> {
  const shop = await seedShop(opened.database);
  await addAudience(opened.database, shop, CUSTOMERS);
  const process = broadcastProcess(opened.database);
  running.push(process);
  const { id } = await process.service.create(ownerOf(shop), shop.botId, { draft: undefined, content: content() });
  await process.runner.start();
  await until(
    () => process.sent.length > 5,
    60_000,
    () => 'nothing was sent',
  );
  return { shop, id, process };
}
// The largest claim.
const ONE_CLAIM = 5;

/**
 * Commits `statement` while a claim is requested. Afterwards only that claim's recipients may be sent to, if it was committed
 * first and received second. The fake channel notes each send as it begins.
 */
async function expectNothingSentAfter(process: BroadcastProcess, statement: string, id: string): Promise<void> {
  const { claims, sent } = process;
  while (claims.at(-1)?.chats !== null) await new Promise((resolve) => setImmediate(resolve));
  await sql(statement, [id]);
  const [claimed, begun] = [claims.length, sent.length];
  const asking = claims.filter(({ chats }) => chats === null);
  await until(
    () => claims.at(-1)?.stopped,
    60_000,
    () => 'it was not noticed',
  );
  const looked = process.looks();
  await until(
    () => process.looks() > looked + 3,
    60_000,
    () => 'nobody looks for broadcasts',
  );

  expect(claims.slice(claimed).flatMap(({ chats }) => chats)).toEqual([]);
  expect(asking.length).toBeLessThanOrEqual(1);
  const late = sent.slice(begun).map(({ chatId }) => chatId);
  expect(late).toEqual(asking.flatMap(({ chats }) => chats));
  expect(late.length).toBeLessThanOrEqual(ONE_CLAIM);
}

test('a suspended business sends nothing more; once restored the rest is sent, to nobody twice', async () => {
  const { shop, id, process } = await underWay();
  await expectNothingSentAfter(process, 'UPDATE tenants SET suspended_at = now() WHERE id = $1', shop.tenantId);

  await sql('UPDATE tenants SET suspended_at = NULL WHERE id = $1', [shop.tenantId]);
  await until(
    async () => (await stateOf(opened.database, id)) === 'finished',
    60_000,
    () => 'never finished',
  );
  expect(await countsOf(opened.database, id)).toEqual({ sent: CUSTOMERS });
  expect(new Set(process.sent.map(({ chatId }) => chatId)).size).toBe(CUSTOMERS);
  expect(process.sent).toHaveLength(CUSTOMERS);
});

test.each([
  ['the bot', 'DELETE FROM bots WHERE id = $1', 'botId'],
  ['the business', 'DELETE FROM tenants WHERE id = $1', 'tenantId'],
] as const)('after %s is deleted nothing more is sent, and no recipient row is left', async (_what, statement, key) => {
  const { shop, id, process } = await underWay();
  await expectNothingSentAfter(process, statement, shop[key]);

  const { rows } = await sql(
    `SELECT (SELECT count(*) FROM broadcasts WHERE id = $1)::int AS broadcasts,
       (SELECT count(*) FROM broadcast_recipients WHERE broadcast_id = $1)::int AS recipients,
       (SELECT count(*) FROM messages WHERE connection_id = $2)::int AS messages,
       (SELECT count(*) FROM send_rates WHERE connection_id = $2)::int AS rates`,
    [id, shop.connectionId],
  );
  expect(rows).toEqual([{ broadcasts: 0, recipients: 0, messages: 0, rates: 0 }]);
});

test('a customer erased meanwhile gets nothing, and their chat id is gone', async () => {
  const { shop, id, process } = await underWay();
  const text = `SELECT r.customer_id AS id, r.chat_id AS chat FROM broadcast_recipients r
    WHERE r.broadcast_id = $1 AND r.state = 'queued' ORDER BY r.id DESC LIMIT 1`;
  const { id: customerId, chat } = (await sql(text, [id])).rows[0] as { id: string; chat: string };
  const erasure = createErasureRepo({ ...opened, broadcasts: process.broadcasts });
  expect(await erasure.erase(shop.tenantId, shop.botId, customerId)).toBe(true);
  await until(
    async () => (await stateOf(opened.database, id)) === 'finished',
    60_000,
    () => 'never finished',
  );

  expect(process.sent.map(({ chatId }) => chatId)).not.toContain(chat);
  expect(await countsOf(opened.database, id)).toEqual({ sent: CUSTOMERS - 1, skipped: 1 });
  const { rows } = await sql(
    `SELECT (SELECT count(*) FROM broadcast_recipients WHERE broadcast_id = $1 AND chat_id = $3)::int AS recipients,
       (SELECT count(*) FROM customers WHERE connection_id = $2 AND platform_user_id = $3)::int AS customers,
       (SELECT count(*) FROM conversations WHERE connection_id = $2 AND chat_id = $3)::int AS conversations`,
    [id, shop.connectionId, chat],
  );
  expect(rows).toEqual([{ recipients: 0, customers: 0, conversations: 0 }]);
});
