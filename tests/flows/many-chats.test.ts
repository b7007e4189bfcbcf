import { afterAll, beforeAll, expect, test } from 'vitest';
import { questionOf } from '../support/gemini-emulator/gemini-emulator.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

const BOTS = 10;
const CHATS = 10;
const ROUNDS = 2;
const AI_LATENCY_MS = 500;

let product: Product;
let bots: BotState[];

beforeAll(async () => {
  product = await startProduct();
  ({ bots } = await ownerWithBots(product, BOTS));
  product.gemini.controls.latencyMs = AI_LATENCY_MS;
  product.gemini.controls.answer = ({ body }) => `You asked: ${questionOf(body)}`;
});
afterAll(() => product.close());

const chatsOf = (bot: BotState): number[] => Array.from({ length: CHATS }, (_, i) => (bot.id % 1_000) * 1_000 + i + 1);
const textsTo = (bot: BotState, chatId: number): string[] =>
  product.telegram
    .sent(bot.id)
    .filter((sent) => sent.chatId === chatId)
    .map((sent) => sent.text);

/** One customer: asks, waits for the answer, asks the next. Gives how long each answer took. */
async function converse(bot: BotState, chatId: number): Promise<number[]> {
  const tookMs: number[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const askedAt = performance.now();
    product.telegram.customerSends(bot, { userId: chatId, languageCode: 'en', text: `Question ${round} of customer ${chatId}?` });
    await product.telegram.waitFor(() => textsTo(bot, chatId).length >= round, `answer ${round} of ${chatId}`, 60_000);
    tookMs.push(performance.now() - askedAt);
  }
  return tookMs;
}

test(`${BOTS} bots with ${CHATS} chats each: every question is answered once, in order, none waiting for another chat`, async () => {
  const chats = bots.flatMap((bot) => chatsOf(bot).map((chatId) => ({ bot, chatId })));
  const tookMs = (await Promise.all(chats.map(({ bot, chatId }) => converse(bot, chatId)))).flat();

  const wrong = chats.filter(({ bot, chatId }) => {
    const expected = Array.from({ length: ROUNDS }, (_, i) => `You asked: Question ${i + 1} of customer ${chatId}?`);
    return textsTo(bot, chatId).join('\n') !== expected.join('\n');
  });
  expect(wrong.map(({ bot, chatId }) => ({ chatId, texts: textsTo(bot, chatId) }))).toEqual([]);
  expect(product.telegram.overlappingPolls()).toBe(0);
  // One after another the 200 answers of 500 ms would take 100 s.
  expect(Math.max(...tookMs)).toBeLessThan(50_000);
});

test('an AI answer that never comes delays no other chat', async () => {
  const [bot] = bots as [BotState];
  product.gemini.controls.latencyMs = 0;
  product.gemini.controls.nextFaults = ['hang'];
  product.telegram.customerSends(bot, { userId: 9_001, languageCode: 'en', text: 'Will this one hang?' });
  await product.telegram.waitFor(() => product.gemini.controls.nextFaults.length === 0, 'the hanging request');

  await converse(bot, 9_002);

  expect(textsTo(bot, 9_002)).toHaveLength(ROUNDS);
  expect(textsTo(bot, 9_001)).toEqual([]);
});
