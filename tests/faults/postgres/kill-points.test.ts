// R01 to R03: killed at named points. A lock taken from outside holds the product exactly there while it dies.
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { questionOf } from '../../support/gemini-emulator/gemini-emulator.ts';
import { expectInvariants, untilSettled } from '../../support/invariants.ts';
import { ownerWithBots, type Product, startProduct } from '../../support/product.ts';
import type { BotState } from '../../support/telegram-emulator/bot-state.ts';
import { faults } from '../../support/telegram-emulator/faults.ts';

const CHATS = 120;
// Below the share of jobs that one connection has under way (pipeline/reply-worker).
const UNDER_WAY = 24;

let product: Product;
let bot: BotState;
let holder: pg.Client;
let doubledSoFar = 0;

beforeAll(async () => {
  product = await startProduct();
  [bot] = (await ownerWithBots(product, 1)).bots;
  product.gemini.controls.answer = ({ body }) => `You asked: ${questionOf(body)}`;
  holder = new pg.Client({ connectionString: product.env['DATABASE_URL'] });
  await holder.connect();
});
afterEach(() => {
  product.gemini.controls.latencyMs = 0;
});
afterAll(async () => {
  await holder.end();
  await product.close();
});

const hold = (table: string): Promise<unknown> => holder.query(`BEGIN; LOCK TABLE ${table} IN EXCLUSIVE MODE`);

/** The product's statements that wait for the lock. */
async function waiters(): Promise<number> {
  const { rows } = await holder.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
  );
  return rows[0]?.count ?? 0;
}
const untilHeld = (what: string): Promise<unknown> => product.telegram.waitFor(async () => (await waiters()) > 0, what);

let round = 0;
let chats: number[] = [];
function everybodyAsks(): void {
  round += 1;
  chats = Array.from({ length: CHATS }, (_, i) => round * 1_000 + i);
  for (const userId of chats) product.telegram.customerSends(bot, { userId, languageCode: 'en', text: `What is ${userId}?` });
}
const sentNow = (): number => product.telegram.sent(bot).filter(({ chatId }) => Math.floor(chatId / 1_000) === round).length;
const answered = (): Set<number> => new Set(product.telegram.sent(bot).map(({ chatId }) => chatId));
const asked = (): number =>
  product.gemini.requests.filter(({ body }) => Math.floor(Number(/\d+/.exec(questionOf(body))?.[0]) / 1_000) === round).length;

async function count(where: string): Promise<number> {
  const text = `SELECT count(*)::int AS count FROM messages m JOIN conversations v ON v.id = m.conversation_id
    WHERE v.chat_id::bigint / 1000 = ${round} AND ${where}`;
  return (await holder.query<{ count: number }>(text)).rows[0]?.count ?? -1;
}

interface Point {
  at: string;
  /** Brings the product to the point. */
  reach: () => Promise<unknown>;
  /** What must be true of the world at the moment of death. */
  found: () => Promise<unknown>;
  expected: unknown;
}

const points: Point[] = [
  {
    at: 'after the fetch of a full batch, before it is stored',
    async reach() {
      await hold('messages');
      everybodyAsks();
      await untilHeld('storing to wait');
    },
    found: async () => ({ stored: await count('true'), kept: bot.queue.length }),
    expected: { stored: 0, kept: CHATS },
  },
  {
    at: 'after the insert, before the AI is asked',
    async reach() {
      await hold('usage_months');
      everybodyAsks();
      await product.telegram.waitFor(async () => (await count("status = 'received'")) === CHATS, 'all stored');
      await untilHeld('charging to wait');
    },
    found: async () => ({ asked: asked() }),
    expected: { asked: 0 },
  },
  {
    at: 'while the AI thinks',
    async reach() {
      product.gemini.controls.latencyMs = 60_000;
      everybodyAsks();
      await product.telegram.waitFor(() => asked() >= UNDER_WAY, 'questions to reach the AI');
    },
    found: async () => ({ sent: sentNow() }),
    expected: { sent: 0 },
  },
  {
    at: 'after the AI, before its answer is saved',
    async reach() {
      product.gemini.controls.latencyMs = 700;
      everybodyAsks();
      await product.telegram.waitFor(() => asked() >= UNDER_WAY, 'questions to reach the AI');
      await hold('messages');
      await untilHeld('saving to wait');
    },
    found: async () => ({ replies: await count("direction = 'out'") }),
    expected: { replies: 0 },
  },
  {
    at: 'before the send: the reply is saved, Telegram has not seen it',
    async reach() {
      product.telegram.fault({ botId: bot.id, method: 'sendMessage', fault: faults.hang });
      everybodyAsks();
      await product.telegram.waitFor(async () => (await count("status = 'sending'")) >= UNDER_WAY, 'replies to be on their way');
    },
    found: async () => ({ sent: sentNow() }),
    expected: { sent: 0 },
  },
  {
    at: 'after the send, before it is recorded',
    async reach() {
      product.telegram.fault({ botId: bot.id, method: 'sendMessage', fault: faults.latency(700) });
      everybodyAsks();
      await product.telegram.waitFor(async () => (await count("status = 'sending'")) >= UNDER_WAY, 'replies to be on their way');
      await hold('messages');
      await untilHeld('recording to wait');
      await product.telegram.waitFor(async () => sentNow() >= (await count("status = 'sending'")), 'Telegram to have all');
    },
    found: async () => ({ recorded: await count("status = 'sent'") }),
    expected: { recorded: 0 },
  },
];

test.each(points)('killed $at: nothing lost, doubled at most what was in flight', async ({ reach, found, expected }) => {
  await reach();
  await product.app.end('SIGKILL');
  expect(await found()).toEqual(expected);
  const inFlight = sentNow() - (await count("status = 'sent'"));
  await holder.query('ROLLBACK');
  product.telegram.heal();
  product.gemini.controls.latencyMs = 0;

  await product.restart();
  await product.telegram.waitFor(() => chats.every((chatId) => answered().has(chatId)), 'every answer', 60_000);
  await untilSettled(product);

  doubledSoFar += inFlight;
  await expectInvariants(product, { doubled: doubledSoFar });
  expect(await count("direction = 'in'")).toBe(CHATS);
  expect(sentNow()).toBeLessThanOrEqual(CHATS + inFlight);
  console.info(
    `round ${round}: ${sentNow()} sent to ${CHATS} chats, ${inFlight} in flight at the kill, ${asked()} questions to the AI`,
  );
});
