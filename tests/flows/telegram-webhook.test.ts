import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

let product: Product;
let bot: BotState;

beforeAll(async () => {
  product = await startProduct({
    ai: false,
    adapt: (env) => ({ ...env, TELEGRAM_MODE: 'webhook', PUBLIC_URL: 'https://bots.example' }),
  });
  product.telegram.callWebhooksAt(product.app.url);
  [bot] = (await ownerWithBots(product, 1)).bots;
});
afterAll(() => product.close());

const answersTo = (userId: number): number => product.telegram.sent(bot).filter(({ chatId }) => chatId === userId).length;
const ask = (userId: number) => product.telegram.customerSends(bot, { userId, languageCode: 'en', text: 'Where are you?' });

test('by webhook nothing is polled and each message is answered once', async () => {
  ask(1);
  await product.telegram.waitFor(() => answersTo(1) === 1, 'an answer', 60_000);

  expect(product.telegram.calls(bot, 'getUpdates')).toEqual([]);
  expect(bot.webhookUrl).toMatch(/^https:\/\/bots\.example\/webhooks\/telegram\/[\w-]{36}$/);
});

test('Telegram calls a stopped process until it is back; then the customer is answered once', async () => {
  await product.app.end('SIGKILL');
  ask(2);
  await product.telegram.waitFor(() => bot.webhook.lastErrorMessage !== '', 'a call in vain');

  await product.restart();
  product.telegram.callWebhooksAt(product.app.url);
  await product.telegram.waitFor(() => answersTo(2) === 1, 'an answer', 60_000);

  expect(product.telegram.calls(bot, 'setWebhook')).toHaveLength(1);
});

test('back in polling mode the webhook is removed and pending messages are answered', async () => {
  expect(await product.app.end('SIGTERM')).toBe(0);
  expect(bot.webhookUrl).not.toBe('');
  ask(3);

  product.env.TELEGRAM_MODE = 'polling';
  await product.restart();
  await product.telegram.waitFor(() => answersTo(3) === 1, 'an answer', 60_000);

  expect(bot.webhookUrl).toBe('');
});
