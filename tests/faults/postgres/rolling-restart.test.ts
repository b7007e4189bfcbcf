// R18: two processes, each told to end and started anew in turn, while customers of every bot go on writing.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AppProcess, startApp } from '../../support/app-process.ts';
import { questionOf } from '../../support/gemini-emulator/gemini-emulator.ts';
import { expectInvariants, untilSettled } from '../../support/invariants.ts';
import { ownerWithBots, type Product, startProduct } from '../../support/product.ts';
import { soak, within } from '../../support/soak.ts';
import type { BotState } from '../../support/telegram-emulator/bot-state.ts';

const BOTS = 4;
const ROUNDS = soak(1, 5);
const EVERY_MS = 400;
// The lease: what a process that ends in order holds is free at once, nobody has to wait for it to lapse.
const LONGEST_GAP_MS = within(15_000);

let product: Product;
let second: AppProcess;
let bots: BotState[];
beforeAll(async () => {
  product = await startProduct();
  ({ bots } = await ownerWithBots(product, BOTS));
  second = await startApp(product.env);
  product.gemini.controls.answer = ({ body }) => `You asked: ${questionOf(body)}`;
});
afterAll(async () => {
  await second.end('SIGTERM');
  await product.close();
});

interface Asked {
  bot: BotState;
  userId: number;
  atMs: number;
}

/** A new customer of every bot, again and again until told to stop. */
function keepAsking() {
  const asked: Asked[] = [];
  const timer = setInterval(() => {
    for (const bot of bots) {
      const userId = 1_000 + asked.length;
      product.telegram.customerSends(bot, { userId, languageCode: 'en', text: `What is ${userId}?` });
      asked.push({ bot, userId, atMs: Date.now() });
    }
  }, EVERY_MS);
  return {
    asked,
    stop: () => clearInterval(timer),
  };
}

test(`${ROUNDS} rolling restarts under load: every customer is answered once, none waits longer than the lease`, async () => {
  const { asked, stop } = keepAsking();
  const answers = (): number => bots.reduce((sum, bot) => sum + bot.sent.length, 0);
  /** Customers write, and both processes are at work. */
  const fiveRounds = async (): Promise<unknown> => {
    const before = answers();
    return product.telegram.waitFor(() => answers() >= before + 5 * BOTS, 'answers to five rounds', 30_000);
  };
  const codes: unknown[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await fiveRounds();
    codes.push(await product.app.end('SIGTERM'));
    await product.restart();
    await fiveRounds();
    codes.push(await second.end('SIGTERM'));
    second = await startApp(product.env);
  }
  await fiveRounds();
  stop();
  await untilSettled(product);

  expect(codes).toEqual(codes.map(() => 0));
  const waits = asked.map(({ bot, userId, atMs }) => {
    const answers = bot.sent.filter(({ chatId }) => chatId === userId);
    expect(answers.map(({ text }) => text)).toEqual([`You asked: What is ${userId}?`]);
    return (answers[0]?.atMs ?? 0) - atMs;
  });
  expect(Math.max(...waits)).toBeLessThan(LONGEST_GAP_MS);
  await expectInvariants(product);
  console.info(`${asked.length} questions; the longest wait ${Math.max(...waits)} ms`);
});
