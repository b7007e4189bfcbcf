import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Composer } from '../../src/answering/answer.ts';
import type { InboundMessage } from '../../src/core/message.ts';
import { claimWork, messagesOf, NO_WORK, pipeline, type Shop, seedShop, textMessage } from '../support/pipeline.ts';
import { type TestDatabase, testDatabase } from '../support/test-database.ts';

let opened: TestDatabase;
let shop: Shop;
let line: ReturnType<typeof pipeline>;

// Each answer costs 6 soʻm (500 millionths of a dollar at 12,000).
const outcome = {
  status: 'answered',
  missing: '',
  model: 'm',
  promptTokens: 9,
  answerTokens: 4,
  ms: 7,
  costMicroUsd: 500,
} as const;
const composer: Composer = {
  async compose({ aiRefusal, text }) {
    if (aiRefusal) return { text: `KB: ${text}`, mode: 'knowledge', reason: aiRefusal, sources: [] };
    return { text: `AI: ${text}`, mode: 'ai', reason: null, sources: [], outcome, spent: { calls: 1, ...outcome } };
  },
};
beforeAll(async () => {
  opened = await testDatabase();
});
beforeEach(async () => {
  await opened.database.sql.query('DELETE FROM conversation_work');
  shop = await seedShop(opened.database);
  line = pipeline(opened.database, { composer });
});
afterAll(() => opened.close());

async function customersWrite(...messages: InboundMessage[]): Promise<void> {
  await line.receive({ connectionId: shop.connectionId, leaseEpoch: null, messages });
  for (const work of await claimWork(opened.database)) await line.answer(work);
}
const ceilingOf = (uzs: number | null) =>
  opened.database.sql.query('UPDATE tenants SET cost_ceiling_uzs = $2 WHERE id = $1', [shop.tenantId, uzs]);
const replies = async () =>
  (await messagesOf(opened.database, shop))
    .filter(({ direction }) => direction === 'out')
    .map(({ mode, reason }) => [mode, reason]);
const spent = async (): Promise<number> => {
  const { rows } = await opened.database.sql.query<{ cost: number }>(
    'SELECT cost_micro_usd::int AS cost FROM usage_months WHERE tenant_id = $1',
    [shop.tenantId],
  );
  return rows[0]?.cost ?? 0;
};

test('the month’s cost is counted as answers are saved; beyond the ceiling the knowledge answers, and nothing is charged', async () => {
  await ceilingOf(12);
  for (const chat of ['a', 'b', 'c']) await customersWrite(textMessage(chat, 'price?'));
  await customersWrite(textMessage('d', 'and'), textMessage('d', 'delivery?'));

  expect(await replies()).toEqual([
    ['ai', null],
    ['ai', null],
    ['knowledge', 'cost_ceiling'],
    ['knowledge', 'cost_ceiling'],
  ]);
  expect(await spent()).toBe(1_000);
  expect(await line.usage.current(shop.tenantId)).toMatchObject({ used: 2 });
  expect(await line.usage.reserve(shop.tenantId)).toBeNull();
  expect(await line.usage.refusal(shop.tenantId)).toBe('cost_ceiling');
});

test('a raised ceiling, and none, let the AI answer again', async () => {
  await ceilingOf(6);
  await customersWrite(textMessage('a', 'price?'));
  await customersWrite(textMessage('b', 'price?'));
  await ceilingOf(1_000);
  await customersWrite(textMessage('c', 'price?'));
  await ceilingOf(null);
  await customersWrite(textMessage('d', 'price?'));

  expect((await replies()).map(([mode]) => mode)).toEqual(['ai', 'knowledge', 'ai', 'ai']);
});

test('several answers saved at once are all counted', async () => {
  await line.receive({
    connectionId: shop.connectionId,
    leaseEpoch: null,
    messages: Array.from({ length: 20 }, (_, i) => textMessage(`m${i}`, 'price?')),
  });
  const work = await claimWork(opened.database);
  await Promise.all(work.map((one) => line.answer(one ?? NO_WORK)));

  expect(await spent()).toBe(20 * 500);
});
