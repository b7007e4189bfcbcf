import { afterAll, beforeAll, expect, test } from 'vitest';
import { questionOf } from '../support/gemini-emulator/gemini-emulator.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import { soak } from '../support/soak.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

const KILLS = soak(3, 20);
const CHATS = 40;

let product: Product;
let bot: BotState;
beforeAll(async () => {
  product = await startProduct();
  [bot] = (await ownerWithBots(product, 1)).bots;
  product.gemini.controls.latencyMs = 150;
  product.gemini.controls.answer = ({ body }) => `You asked: ${questionOf(body)}`;
  product.telegram.fault({ botId: bot.id, method: 'sendMessage', fault: { kind: 'latency', ms: 50 } });
});
afterAll(() => product.close());

const count = async (where: string): Promise<number> =>
  (await product.installation.query<{ count: number }>(`SELECT count(*)::int AS count FROM messages WHERE ${where}`))[0]?.count ??
  -1;

test(`${KILLS} kills under load: no acknowledged message is lost, none answered twice beyond the sends in flight`, async () => {
  let inFlight = 0;
  for (let round = 0; round < KILLS; round += 1) {
    for (let chat = 1; chat <= CHATS; chat += 1) {
      product.telegram.customerSends(bot, {
        userId: round * 1_000 + chat,
        languageCode: 'en',
        text: `What is ${round}.${chat}?`,
      });
    }
    // Each round dies at another point of the work.
    const enough = (round * CHATS) / KILLS;
    await product.telegram.waitFor(
      () => product.telegram.sent(bot).length >= round * CHATS + enough - CHATS,
      'some answers',
      60_000,
    );
    await product.app.end('SIGKILL');
    inFlight += await count("direction = 'out' AND status = 'sending'");
    await product.restart();
  }
  const answered = (): Set<string> => new Set(product.telegram.sent(bot).map(({ text }) => text));
  await product.telegram.waitFor(() => answered().size === KILLS * CHATS, 'every answer', 120_000);
  await product.telegram.waitFor(async () => (await count("status IN ('received', 'pending', 'sending')")) === 0, 'rest', 60_000);

  expect(product.telegram.sent(bot).length - KILLS * CHATS).toBeLessThanOrEqual(inFlight);
  expect(await count("direction = 'in'")).toBe(KILLS * CHATS);
  expect(await count("direction = 'out'")).toBe(KILLS * CHATS);
});
