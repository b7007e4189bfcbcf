// How long a question takes to the desk at 50 messages a second, a fifth of them without an answer. The platforms answer at once, so
// all of it is our own time. No desk gets more than a card a second, which is Telegram’s pace in one chat.
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deskMember } from '../../support/desk-member.ts';
import { type Product, startProduct } from '../../support/product.ts';
import { createTelegramBot, registerOwner } from '../../support/site-visitor.ts';
import { soak, within } from '../../support/soak.ts';
import type { BotState } from '../../support/telegram-emulator/bot-state.ts';

const BUSINESSES = 20;
const RATE = 50;
const SECONDS = soak(10, 60);
const EVERY = 5;
const MEMBER = 900_001;
const MOST_MS = within(3_000);

let product: Product;
const bots: BotState[] = [];
const arrivedAt = new Map<number, number>();
beforeAll(async () => {
  product = await startProduct({ ai: false });
  for (let i = 0; i < BUSINESSES; i += 1) {
    const owner = await registerOwner(product.app.url, `owner-${i}`);
    const bot = product.telegram.addBot({ token: `${700_000_001 + i}:${'A'.repeat(34)}${i}` });
    await createTelegramBot(owner, { name: `Bot ${i}`, systemPrompt: 'You help customers.', token: bot.token });
    await product.installation.query("UPDATE users SET language = 'en'");
    const runs = `SELECT 1 FROM connections WHERE account_id = '${700_000_001 + i}' AND state = 'ACTIVE'`;
    await product.telegram.waitFor(async () => (await product.installation.query(runs)).length === 1, 'the bot', 60_000);
    await deskMember(product, bot, MEMBER).link(owner);
    const push = bot.sent.push.bind(bot.sent);
    bot.sent.push = (...sent) => {
      for (const { chatId, text } of sent) {
        const number = chatId === MEMBER ? /No\. (\d+)/.exec(text)?.[1] : undefined;
        if (number && !arrivedAt.has(Number(number))) arrivedAt.set(Number(number), performance.now());
      }
      return push(...sent);
    };
    bots.push(bot);
  }
}, 300_000);
afterAll(() => product.close());

test(`question to desk: p95 of at most ${MOST_MS / 1_000} s at ${RATE} messages a second`, async () => {
  const askedAt = new Map<number, number>();
  const startedMs = performance.now();
  for (let number = 0; number < RATE * SECONDS; number += 1) {
    await pause(Math.max(0, startedMs + (number * 1_000) / RATE - performance.now()));
    const asks = number % EVERY === 0;
    if (asks) askedAt.set(number, performance.now());
    product.telegram.customerSends(bots[Math.floor(number / EVERY) % BUSINESSES] as BotState, {
      userId: 10_000 + number,
      languageCode: 'en',
      text: asks ? `Do you sell boats, No. ${number}?` : 'Hello',
    });
  }
  await product.telegram.waitFor(() => arrivedAt.size === askedAt.size, 'every card', 120_000);
  const tookMs = [...askedAt].map(([number, at]) => (arrivedAt.get(number) ?? Infinity) - at).toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round(tookMs[Math.ceil(tookMs.length * share) - 1] as number);
  console.info(`question to desk: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, worst ${at(1)} ms of ${tookMs.length}`);
  expect(at(0.95)).toBeLessThanOrEqual(MOST_MS);
}, 300_000);
