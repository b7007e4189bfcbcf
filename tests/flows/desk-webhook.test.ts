// The installation's desk bot and the business' own bot, both called by Telegram.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DeskMember, deskMember } from '../support/desk-member.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import { within } from '../support/soak.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

const DESK_TOKEN = `${799_000_001}:${'D'.repeat(35)}`;
const QUESTIONS = 30;
const AIM_MS = within(3_000);

let product: Product;
let shopBot: BotState;
let desk: DeskMember;
beforeAll(async () => {
  product = await startProduct({
    ai: false,
    deskToken: DESK_TOKEN,
    adapt: (env) => ({ ...env, TELEGRAM_MODE: 'webhook', PUBLIC_URL: 'https://bots.example.com' }),
  });
  product.telegram.callWebhooksAt(product.app.url);
  const { owner, bots } = await ownerWithBots(product, 1);
  shopBot = bots[0];
  await product.installation.query("UPDATE users SET language = 'en'");
  const known = "SELECT 1 FROM desk_bots WHERE state = 'ACTIVE'";
  await product.telegram.waitFor(async () => (await product.installation.query(known)).length === 1, 'the desk bot', 60_000);
  desk = deskMember(product, product.telegram.bot(799_000_001), 9_001);
  await desk.link(owner);
});
afterAll(() => product.close());

test('the desk works by webhooks too', async () => {
  product.telegram.customerSends(shopBot, { userId: 5_001, languageCode: 'en', text: 'Do you sell boats?' });
  const card = await desk.gets('Do you sell boats?');
  desk.writes('Small ones.', card);
  const arrived = () => product.telegram.sent(shopBot).some(({ chatId, text }) => chatId === 5_001 && text === 'Small ones.');
  await product.telegram.waitFor(arrived, 'the answer');
  expect((await desk.presses(card, 'Done')).text).toBe('Done. The bot answers what comes next.');
});

test(`of ${QUESTIONS} questions 95 of 100 are at the desk within ${AIM_MS} ms`, async () => {
  const delays: number[] = [];
  for (let number = 0; number < QUESTIONS; number += 1) {
    const askedAtMs = Date.now();
    const text = `Do you sell boats, No. ${number}.`;
    product.telegram.customerSends(shopBot, { userId: 6_000 + number, languageCode: 'en', text });
    delays.push((await desk.gets(text)).atMs - askedAtMs);
  }
  delays.sort((a, b) => a - b);
  const [p50, p95] = [0.5, 0.95].map((part) => delays[Math.ceil(QUESTIONS * part) - 1] as number);
  console.info(`question to desk: p50 ${p50} ms, p95 ${p95} ms`);
  expect(p95).toBeLessThanOrEqual(AIM_MS);
});
