import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimWork, pipeline, type Shop, seedShop, textMessage } from '../../support/pipeline.ts';
import { type TestDatabase, testDatabase } from '../../support/test-database.ts';

let opened: TestDatabase;
let shop: Shop;
let line: ReturnType<typeof pipeline>;
beforeAll(async () => {
  opened = await testDatabase();
  shop = await seedShop(opened.database);
  line = pipeline(opened.database);
});
afterAll(() => opened.close());

async function says(chatId: string, text: string): Promise<string | undefined> {
  const command = text.startsWith('/') ? { kind: 'command' as const, command: text.slice(1) } : {};
  await line.receive({ connectionId: shop.connectionId, leaseEpoch: null, messages: [textMessage(chatId, text, command)] });
  for (const job of await claimWork(opened.database)) await line.answer(job);
  await opened.database.sql.query('DELETE FROM conversation_work');
  return line.sent.at(-1)?.text;
}
const isOut = async (chatId: string): Promise<boolean> => {
  const text = 'SELECT opted_out_at IS NOT NULL AS out FROM customers WHERE connection_id = $1 AND platform_user_id = $2';
  return (await opened.database.sql.query<{ out: boolean }>(text, [shop.connectionId, chatId])).rows[0]?.out === true;
};

test.each(['/stop', 'STOP', 'stop', 'Стоп.'])('%s ends broadcasts to the customer, and the bot says so', async (word) => {
  const chatId = `out-${word}`;
  expect(await says(chatId, word)).toBe('en stopped');
  expect(await isOut(chatId)).toBe(true);
});

test.each(['/start', 'START'])('%s allows broadcasts again', async (word) => {
  const chatId = `in-${word}`;
  await says(chatId, '/stop');
  await says(chatId, word);
  expect(await isOut(chatId)).toBe(false);
});

test('a question that contains the word is a question', async () => {
  expect(await says('asks', 'Does bus 12 stop near you?')).toBe('AI: Does bus 12 stop near you?');
  expect(await isOut('asks')).toBe(false);
});
