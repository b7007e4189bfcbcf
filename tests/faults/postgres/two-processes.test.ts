import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AppProcess, startApp } from '../../support/app-process.ts';
import { ownerWithBots, type Product, startProduct } from '../../support/product.ts';
import { soak } from '../../support/soak.ts';
import type { BotState } from '../../support/telegram-emulator/bot-state.ts';

const BOTS = Number(process.env['TAKEOVER_BOTS'] ?? soak(10, 100));
// R15: the lease and five seconds.
const TAKEOVER_MS = soak(40_000, 20_000);

let product: Product;
let second: AppProcess;
let bots: BotState[];
beforeAll(async () => {
  product = await startProduct();
  ({ bots } = await ownerWithBots(product, BOTS));
  second = await startApp(product.env);
});
afterAll(async () => {
  await second.end('SIGTERM');
  await product.close();
});

async function everyBotAnswers(userId: number, limitMs: number): Promise<void> {
  for (const bot of bots) product.telegram.customerSends(bot, { userId, languageCode: 'en', text: 'Are you there?' });
  const answersTo = (bot: BotState): number => product.telegram.sent(bot).filter(({ chatId }) => chatId === userId).length;
  await product.telegram.waitFor(() => bots.every((bot) => answersTo(bot) === 1), 'an answer from every bot', limitMs);
}

test('two processes share the bots: each is polled by one, and answers once', async () => {
  await everyBotAnswers(1, 60_000);

  expect(product.telegram.overlappingPolls()).toBe(0);
});

test('when one is killed, the other takes its bots over within the lease and five seconds', async () => {
  await product.app.end('SIGKILL');

  await everyBotAnswers(2, TAKEOVER_MS);

  expect(product.telegram.overlappingPolls()).toBe(0);
});
