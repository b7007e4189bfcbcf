import { afterAll, beforeAll, expect, test } from 'vitest';
import { questionOf } from '../support/gemini-emulator/gemini-emulator.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

const CHATS = 80;

let product: Product;
let bot: BotState;

beforeAll(async () => {
  product = await startProduct();
  ({
    bots: [bot],
  } = await ownerWithBots(product, 1));
  product.gemini.controls.answer = ({ body }) => `You asked: ${questionOf(body)}`;
});
afterAll(() => product.close());

const question = (chatId: number): string => `What does number ${chatId} cost?`;
/** Of a test: another thousand of chats. */
let chats: number[];
const chatsFrom = (first: number): number[] => Array.from({ length: CHATS }, (_, i) => first + i);
const answered = (): Set<number> =>
  new Set(product.telegram.sent(bot).flatMap(({ chatId }) => (chats.includes(chatId) ? [chatId] : [])));

function everybodyAsks(): void {
  for (const chatId of chats) product.telegram.customerSends(bot, { userId: chatId, languageCode: 'en', text: question(chatId) });
}

async function count(where: string): Promise<number> {
  const [row] = await product.installation.query<{ count: number }>(`SELECT count(*)::int AS count FROM messages WHERE ${where}`);
  return row?.count ?? -1;
}

/** Chats that got more than one message. */
const doubled = (): number[] =>
  chats.filter((chatId) => product.telegram.sent(bot).filter((sent) => sent.chatId === chatId).length > 1);

test(`killed with ${CHATS} unanswered messages, it answers all after a restart, each once`, async () => {
  chats = chatsFrom(5_001);
  product.gemini.controls.latencyMs = 60_000;
  everybodyAsks();
  await product.telegram.waitFor(async () => (await count("direction = 'in'")) === CHATS, 'all messages stored', 30_000);
  await product.app.end('SIGKILL');
  expect(answered().size).toBe(0);

  product.gemini.controls.latencyMs = 20;
  await product.restart();
  await product.telegram.waitFor(() => answered().size === CHATS, 'every answer', 60_000);
  await product.telegram.waitFor(async () => (await count("direction = 'in' AND status = 'received'")) === 0, 'no open message');

  expect(doubled()).toEqual([]);
  expect(product.telegram.sent(bot).every((sent) => sent.text === `You asked: ${question(sent.chatId)}`)).toBe(true);
});

test('a kill while answering loses no message and doubles at most the sends in flight', async () => {
  chats = chatsFrom(6_001);
  product.gemini.controls.latencyMs = 200;
  product.telegram.fault({ botId: bot.id, method: 'sendMessage', fault: { kind: 'latency', ms: 100 } });
  everybodyAsks();
  await product.telegram.waitFor(() => answered().size >= CHATS / 4, 'a quarter of the answers', 60_000);
  await product.app.end('SIGKILL');
  const inFlight = await count("direction = 'out' AND status = 'sending'");

  product.telegram.heal();
  await product.restart();
  await product.telegram.waitFor(() => answered().size === CHATS, 'every answer', 60_000);
  await product.telegram.waitFor(
    async () => (await count("direction = 'out' AND status IN ('pending', 'sending')")) === 0,
    'all settled',
    30_000,
  );

  expect(doubled().length).toBeLessThanOrEqual(inFlight);
  expect(await count("direction = 'in'")).toBe(2 * CHATS);
  expect(await count("direction = 'out'")).toBe(2 * CHATS);
});
