import { afterAll, beforeAll, expect, test } from 'vitest';
import { createUsageService, type UsageService } from '../../src/pipeline/usage.service.ts';
import { claimWork, NO_WORK, pipeline, type Shop, seedShop, textMessage } from '../support/pipeline.ts';
import { rounds } from '../support/soak.ts';
import { type TestDatabase, testDatabase } from '../support/test-database.ts';

let opened: TestDatabase;
let usage: UsageService;
beforeAll(async () => {
  opened = await testDatabase();
  usage = createUsageService({ database: opened.database, customerMessagesPerMinute: 0 });
});
afterAll(() => opened.close());

const at = (iso: string): Date => new Date(iso);

/** `chats` customers write one question each; their jobs. */
async function questions(shop: Shop, chats: number) {
  const { receive } = pipeline(opened.database);
  const messages = Array.from({ length: chats }, (_, i) => textMessage(`chat-${i}`, 'price?'));
  await receive({ connectionId: shop.connectionId, leaseEpoch: null, messages });
  return claimWork(opened.database);
}

test('with 10 answers left, 100 reservations at once give exactly 10, in each round', async () => {
  const granted: number[] = [];
  for (let round = 0; round < rounds(20); round += 1) {
    const { tenantId } = await seedShop(opened.database, { limit: 10 });
    const answers = await Promise.all(Array.from({ length: 100 }, () => usage.reserve(tenantId)));
    granted.push(answers.filter(Boolean).length);
    expect(await usage.current(tenantId)).toMatchObject({ used: 10, limit: 10 });
  }
  expect(granted).toEqual(Array(rounds(20)).fill(10));
});

test('with 10 answers left, 100 customers at once get exactly 10 of the AI, in each round; all are answered', async () => {
  for (let round = 0; round < rounds(20); round += 1) {
    await opened.database.sql.query('DELETE FROM conversation_work');
    const shop = await seedShop(opened.database, { limit: 10 });
    const jobs = await questions(shop, 100);
    const line = pipeline(opened.database);
    await Promise.all(jobs.map((job) => line.answer(job)));

    expect(line.sent.filter(({ text }) => text.startsWith('AI:'))).toHaveLength(10);
    expect(line.sent).toHaveLength(100);
    expect(line.told).toHaveLength(90);
    expect(await usage.current(shop.tenantId)).toMatchObject({ used: 10 });
  }
});

test('ten processes that each charge ten turns at once take exactly the 10 answers left, in each round', async () => {
  const granted: number[] = [];
  for (let round = 0; round < rounds(10); round += 1) {
    await opened.database.sql.query('DELETE FROM conversation_work');
    const shop = await seedShop(opened.database, { limit: 10 });
    const jobs = await questions(shop, 100);
    const processes = Array.from({ length: 10 }, () =>
      createUsageService({ database: opened.database, customerMessagesPerMinute: 0 }),
    );
    const charges = await Promise.all(
      jobs.map(({ conversationId, epoch, messageId }, i) =>
        processes[i % 10]?.chargeTurn({
          tenantId: shop.tenantId,
          conversationId,
          epoch,
          customerId: null,
          messageIds: [messageId],
        }),
      ),
    );
    granted.push(charges.filter((charge) => charge?.ok).length);
    expect(await usage.current(shop.tenantId)).toMatchObject({ used: 10 });
  }
  expect(granted).toEqual(Array(rounds(10)).fill(10));
});

test('turns of several tenants in one batch are charged to their own, each within its room', async () => {
  await opened.database.sql.query('DELETE FROM conversation_work');
  const shops = [await seedShop(opened.database, { limit: 1 }), await seedShop(opened.database, { limit: 5 })];
  for (const shop of shops) await questions(shop, 3);
  const turns = (
    await opened.database.sql.query<{ tenantId: string; conversationId: string; id: number; epoch: number }>(
      `SELECT m.tenant_id AS "tenantId", m.conversation_id AS "conversationId", m.id, w.epoch
       FROM messages m JOIN conversation_work w USING (conversation_id) WHERE m.tenant_id = ANY($1)`,
      [shops.map(({ tenantId }) => tenantId)],
    )
  ).rows;
  await Promise.all(turns.map(({ id, ...turn }) => usage.chargeTurn({ ...turn, customerId: null, messageIds: [id] })));

  expect(await Promise.all(shops.map(async ({ tenantId }) => (await usage.current(tenantId)).used))).toEqual([1, 3]);
});

test('a turn is charged once for any number of tries and workers', async () => {
  await opened.database.sql.query('DELETE FROM conversation_work');
  const shop = await seedShop(opened.database);
  const [job] = await questions(shop, 1);
  const turn = {
    tenantId: shop.tenantId,
    conversationId: job?.conversationId ?? '',
    epoch: job?.epoch ?? 0,
    customerId: null,
    messageIds: [job?.messageId ?? 0],
  };
  const charges = await Promise.all(Array.from({ length: 20 }, () => usage.chargeTurn(turn)));
  expect(new Set(charges.map((charge) => charge.ok))).toEqual(new Set([true]));
  expect(await usage.current(shop.tenantId)).toMatchObject({ used: 1 });

  await Promise.all(Array.from({ length: 5 }, () => usage.releaseMessages(turn.messageIds)));
  expect(await usage.current(shop.tenantId)).toMatchObject({ used: 0 });
});

test('the charge of a lost turn is not returned by its former worker', async () => {
  await opened.database.sql.query('DELETE FROM conversation_work');
  const shop = await seedShop(opened.database);
  const [job] = await questions(shop, 1);
  const { conversationId, epoch, messageId } = job ?? NO_WORK;
  await usage.chargeTurn({ tenantId: shop.tenantId, conversationId, epoch, customerId: null, messageIds: [messageId] });
  const [taken] = await claimWork(opened.database);

  await usage.releaseMessages([messageId], { conversationId, epoch });
  expect(await usage.current(shop.tenantId)).toMatchObject({ used: 1 });
  await usage.releaseMessages([messageId], taken ?? NO_WORK);
  expect(await usage.current(shop.tenantId)).toMatchObject({ used: 0 });
});

test('a turn that was taken over is not charged, whatever it answers', async () => {
  await opened.database.sql.query('DELETE FROM conversation_work');
  const shop = await seedShop(opened.database);
  const [lost] = await questions(shop, 1);
  const [taken] = await claimWork(opened.database);
  const { conversationId, messageId } = lost ?? NO_WORK;
  const turn = { tenantId: shop.tenantId, conversationId, customerId: null, messageIds: [messageId] };

  expect(await usage.chargeTurn({ ...turn, epoch: lost?.epoch ?? 0 })).toEqual({ ok: false, reason: 'customer_pause' });
  expect(await usage.current(shop.tenantId)).toMatchObject({ used: 0 });
  expect(await usage.chargeTurn({ ...turn, epoch: taken?.epoch ?? 0 })).toMatchObject({ ok: true });
  expect(await usage.current(shop.tenantId)).toMatchObject({ used: 1 });
});

test('a customer who asks too fast is paused, another is not, and the tenant is not charged for the pause', async () => {
  await opened.database.sql.query('DELETE FROM conversation_work');
  const shop = await seedShop(opened.database);
  const line = pipeline(opened.database, { customerMessagesPerMinute: 2 });
  for (const chat of ['a', 'a', 'a', 'b']) {
    await line.receive({ connectionId: shop.connectionId, leaseEpoch: null, messages: [textMessage(chat, 'price?')] });
    await line.answer((await claimWork(opened.database)).at(-1) ?? NO_WORK);
  }

  expect(line.questions.map(({ aiRefusal }) => aiRefusal)).toEqual([null, null, 'customer_pause', null]);
  expect(await usage.current(shop.tenantId)).toMatchObject({ used: 3 });
});

test('a month ends at midnight UTC: an instant belongs to one month and the count starts anew', async () => {
  const { tenantId } = await seedShop(opened.database, { limit: 1 });
  const [last, first] = [at('2026-01-31T23:59:59.999Z'), at('2026-02-01T00:00:00Z')];

  expect([
    await usage.reserve(tenantId, last),
    await usage.reserve(tenantId, last),
    await usage.reserve(tenantId, first),
  ]).toEqual([{ month: '2026-01-01', free: true }, null, { month: '2026-02-01', free: true }]);
  expect(await usage.current(tenantId, last)).toEqual({ plan: 'FREE', used: 1, limit: 1, resetsAt: first });
  expect(await usage.current(tenantId, first)).toMatchObject({ used: 1, resetsAt: at('2026-03-01T00:00:00Z') });
});

test.each([
  ['an expired subscription', "ends_at = now() - interval '1 day'"],
  ['a subscription that was ended', 'active = false'],
])('%s leaves the free plan', async (_name, change) => {
  const { tenantId } = await seedShop(opened.database, { limit: 5_000 });
  await opened.database.sql.query(`UPDATE subscriptions SET type = 'BASIC', ${change} WHERE tenant_id = $1`, [tenantId]);
  expect(await usage.current(tenantId)).toMatchObject({ plan: 'FREE', limit: 100 });
});

test('a limit of nothing grants nothing', async () => {
  const { tenantId } = await seedShop(opened.database, { limit: 0 });
  expect(await usage.reserve(tenantId)).toBeNull();
});
