import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import type { Visitor } from '../support/site-visitor.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

const CHAT = 5_001;
let product: Product;
let owner: Visitor;
let bot: BotState;
beforeAll(async () => {
  product = await startProduct();
  const made = await ownerWithBots(product, 1);
  owner = made.owner;
  bot = made.bots[0];
  product.gemini.controls.answer = () => 'The bot answers.';
});
afterAll(() => product.close());

const customerSays = (text: string) => product.telegram.customerSends(bot, { userId: CHAT, languageCode: 'en', text });
const received = (): string[] =>
  product.telegram
    .sent(bot)
    .filter(({ chatId }) => chatId === CHAT)
    .map(({ text }) => text);
const comes = (text: string) => product.telegram.waitFor(() => received().includes(text), `“${text}” at the customer's`, 30_000);

async function page(): Promise<string> {
  const [row] = await product.installation.query<{ path: string }>(
    "SELECT '/bots/' || bot_id || '/conversations/' || id AS path FROM conversations WHERE connection_id IS NOT NULL",
  );
  return row?.path ?? '';
}

test('a customer asks, the owner answers, the bot is silent until it has the conversation back', async () => {
  customerSays('Do you have bread?');
  await comes('The bot answers.');
  const path = await page();
  expect((await owner.submit(path, `${path}/messages`, { text: 'A person here.' })).status).toBe(303);
  await comes('A person here.');

  customerSays('And on Sunday?');
  const waits = "SELECT 1 FROM messages WHERE text = 'And on Sunday?' AND status = 'for_person'";
  await product.telegram.waitFor(async () => (await product.installation.query(waits)).length === 1, 'the message waits');
  expect(received()).toEqual(['The bot answers.', 'A person here.']);
  expect((await owner.get('/conversations?waiting=1')).html).toContain(path);

  expect((await owner.submit(path, `${path}/resume-bot`, {})).status).toBe(303);
  await product.telegram.waitFor(() => received().length === 3, 'the bot’s answer');
  expect(received()).toEqual(['The bot answers.', 'A person here.', 'The bot answers.']);
});

test('after a kill between accepting and sending, the owner’s message arrives once', async () => {
  const path = await page();
  // The platform is away, so that the words are accepted and not sent yet.
  product.telegram.fault({ botId: bot.id, method: 'sendMessage', fault: { kind: 'html', status: 502 } });
  expect((await owner.submit(path, `${path}/messages`, { text: 'A person again.' })).status).toBe(303);
  const pending = "SELECT 1 FROM messages WHERE mode = 'person' AND status = 'pending'";
  await product.telegram.waitFor(async () => (await product.installation.query(pending)).length === 1, 'accepted, not sent');
  await product.app.end('SIGKILL');
  const before = received();
  expect(before).not.toContain('A person again.');

  product.telegram.heal();
  await product.restart();
  await comes('A person again.');
  const sent = "SELECT 1 FROM messages WHERE text = 'A person again.' AND status = 'sent'";
  await product.telegram.waitFor(async () => (await product.installation.query(sent)).length === 1, 'settled');
  expect(received()).toEqual([...before, 'A person again.']);
});
