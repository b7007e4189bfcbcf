// S68: what a business can make undeliverable, or sign itself, takes no charge back. Truth: the emulators' and SQL's counts.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { untilSettled } from '../support/invariants.ts';
import { type MetaBusiness, startMetaBusiness } from '../support/meta-business.ts';
import { createTelegramBot } from '../support/site-visitor.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

let business: MetaBusiness;
let bot: BotState;

beforeAll(async () => {
  business = await startMetaBusiness({ env: { AI_DAILY_LIMIT: '500' } });
  bot = business.product.telegram.addBot({ token: `700000001:${'A'.repeat(35)}` });
  await createTelegramBot(business.owner, { name: 'Bot', systemPrompt: 'You help customers.', token: bot.token });
});
afterEach(() => {
  business.product.telegram.heal();
  business.product.gemini.reset();
});
afterAll(() => business.close());

let lastUser = 0;
async function telegramCustomersAsk(count: number): Promise<void> {
  const { telegram } = business.product;
  const before = await incoming();
  for (let i = 0; i < count; i += 1) {
    lastUser += 1;
    telegram.customerSends(bot.id, { userId: lastUser, languageCode: 'en', text: `What is ${lastUser}?` });
  }
  await telegram.waitFor(async () => (await incoming()) === before + count, 'every question', 60_000);
  await untilSettled(business.product);
}
const numberOf = async (text: string): Promise<number> =>
  (await business.product.installation.query<{ n: number }>(text))[0]?.n ?? 0;
const incoming = () => numberOf("SELECT count(*)::int AS n FROM messages WHERE direction = 'in'");
const charged = () => numberOf('SELECT coalesce(sum(ai_answers), 0)::int AS n FROM usage_months');
const counted = () => numberOf('SELECT coalesce(sum(ai_calls), 0)::int AS n FROM usage_months');
const tokens = () => numberOf('SELECT coalesce(sum(prompt_tokens), 0)::int AS n FROM usage_months');

test('150 answers that Telegram will not deliver are 150 calls, and 150 are charged and counted', async () => {
  const fault = { kind: 'error', status: 403, description: 'Forbidden: bot was blocked by the user' } as const;
  business.product.telegram.fault({ method: 'sendMessage', fault });
  await telegramCustomersAsk(150);

  expect(business.product.gemini.requests).toHaveLength(150);
  expect([await charged(), await counted()]).toEqual([150, 150]);
  expect(await tokens()).toBeGreaterThan(150);
});

test('20 receipts that say failed, signed by the business, take nothing back', async () => {
  const { graph, whatsapp } = business;
  const before = await charged();
  const customers = Array.from({ length: 20 }, (_, i) => `99890111${1000 + i}`);
  for (const from of customers) await graph.customerWrites(whatsapp, { from, text: 'Do you deliver?' });
  await graph.waitFor(() => customers.every((from) => whatsapp.sent.some(({ chatId }) => chatId === from)), 'every answer');
  await untilSettled(business.product);
  expect(await charged()).toBe(before + 20);

  for (const { externalId, chatId } of whatsapp.sent) {
    const errors = [{ code: 131026, title: 'Message undeliverable' }];
    const statuses = [{ id: externalId, status: 'failed', timestamp: '1', recipient_id: chatId, errors }];
    const value = { messaging_product: 'whatsapp', metadata: { phone_number_id: whatsapp.id }, statuses };
    const entry = [{ id: '1', changes: [{ field: 'messages', value }] }];
    await graph.deliver(whatsapp, { object: 'whatsapp_business_account', entry });
  }
  expect(await numberOf("SELECT count(*)::int AS n FROM messages WHERE status = 'failed' AND reason = 'undeliverable'")).toBe(20);
  expect(await charged()).toBe(before + 20);
});

test('an answer that the AI blocks is charged; one that fails by the AI’s fault is given back, and its calls are counted', async () => {
  const before = [await charged(), await counted()] as [number, number];
  business.product.gemini.controls.fault = 'safety';
  await telegramCustomersAsk(1);
  expect([await charged(), await counted()]).toEqual([before[0] + 1, before[1] + 1]);
  business.product.gemini.controls.fault = 'malformed_json';
  await telegramCustomersAsk(1);
  expect([await charged(), await counted()]).toEqual([before[0] + 1, before[1] + 2]);
});

test('beyond the calls of the day the knowledge answers, and nothing is charged', async () => {
  await business.product.installation.query("UPDATE ai_days SET calls = 500 WHERE scope = 'all'");
  await telegramCustomersAsk(5);
  const asked = business.product.gemini.requests.length;
  const before = await charged();
  await telegramCustomersAsk(30);

  expect(asked).toBeLessThanOrEqual(2);
  expect(business.product.gemini.requests).toHaveLength(asked);
  expect(await charged()).toBe(before);
  const told = business.product.telegram.sent(bot.id).slice(-30);
  expect(new Set(told.map(({ chatId }) => chatId)).size).toBe(30);
});
