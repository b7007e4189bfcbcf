// R04 again and again: a database that comes and goes every second while replies are on their way.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FaultProxy, startFaultProxy, throughProxy } from '../../support/fault-proxy.ts';
import { questionOf } from '../../support/gemini-emulator/gemini-emulator.ts';
import { expectInvariants, untilSettled } from '../../support/invariants.ts';
import { pause } from '../../support/pause.ts';
import { ownerWithBots, type Product, startProduct } from '../../support/product.ts';
import type { BotState } from '../../support/telegram-emulator/bot-state.ts';

const CHATS = 60;
const OUTAGES = 12;

let product: Product;
let proxy: FaultProxy;
let bot: BotState;
beforeAll(async () => {
  product = await startProduct({
    async adapt(env) {
      const { hostname: host, port } = new URL(env['DATABASE_URL'] as string);
      proxy = await startFaultProxy({ host, port: Number(port || 5432) });
      return { ...env, DATABASE_URL: throughProxy(env['DATABASE_URL'] as string, proxy) };
    },
  });
  [bot] = (await ownerWithBots(product, 1)).bots;
  product.gemini.controls.latencyMs = 900;
  product.gemini.controls.answer = ({ body }) => `You asked: ${questionOf(body)}`;
});
afterAll(async () => {
  await proxy.heal();
  await product.close();
  await proxy.close();
});

test(`${OUTAGES} resets a second and a half apart: every customer is answered once, by the AI, none given up`, async () => {
  for (let userId = 1; userId <= CHATS; userId += 1) {
    product.telegram.customerSends(bot, { userId, languageCode: 'en', text: `What is ${userId}?` });
  }
  for (let outage = 0; outage < OUTAGES; outage += 1) {
    await proxy.set({ kind: 'reset' });
    await pause(300);
    await proxy.heal();
    await pause(1_200);
  }
  await untilSettled(product, 90_000);

  const texts = bot.sent.map(({ text }) => text).sort();
  expect(texts).toEqual(Array.from({ length: CHATS }, (_, i) => `You asked: What is ${i + 1}?`).sort());
  await expectInvariants(product);
});
