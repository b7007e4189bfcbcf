import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Product, startProduct } from '../support/product.ts';
import { createTelegramBot, registerOwner, type Visitor } from '../support/site-visitor.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

let product: Product;
let owner: Visitor;
let bot: BotState;
let page: string;

// No Gemini key: what a fresh install must do on its own.
beforeAll(async () => {
  product = await startProduct({ ai: false });
  owner = await registerOwner(product.app.url, 'oltin-non');
  bot = product.telegram.addBot({ token: `700000001:${'A'.repeat(35)}`, username: 'oltin_non_bot' });
  page = await createTelegramBot(owner, { name: 'Oltin Non', systemPrompt: 'Siz nonvoyxona yordamchisisiz.', token: bot.token });
  const entries = [
    { title: 'Ish vaqti', content: 'Nonvoyxona har kuni soat 7:00 dan 22:00 gacha ochiq.' },
    { title: 'Доставка', content: 'Доставка по городу стоит 15 000 сумов и занимает один час.' },
    { title: 'Payment', content: 'You can pay with cash, Payme, Click or a bank card.' },
  ];
  for (const entry of entries) {
    const saved = await owner.submit(`${page}/knowledge`, `${page}/knowledge`, entry);
    expect(saved.status).toBe(303);
  }
});
afterAll(() => product.close());

test.each([
  [1001, 'uz', 'Nonvoyxona soat nechada ochiladi?', '7:00'],
  [1002, 'ru', 'Сколько стоит доставка?', '15 000'],
  [1003, 'en', 'How can I pay?', 'Payme'],
])('customer %i asks in %s and gets the entry that answers it', async (userId, languageCode, text, answer) => {
  product.telegram.customerSends(bot.id, { userId, languageCode, text });

  const reply = await product.telegram.waitFor(() => product.telegram.sent(bot.id).find((sent) => sent.chatId === userId));
  expect(reply.text).toContain(answer);
});

test('the playground answers from the same knowledge and names the entry', async () => {
  const answer = await owner.ask(`${page}/playground`, `${page}/playground`, { text: 'Nonvoyxona qachon ochiq?' });

  expect(answer).toMatchObject({ mode: 'knowledge', sources: [{ title: 'Ish vaqti' }] });
  expect(answer['reply']).toContain('7:00');
});

test('the owner reads the conversation', async () => {
  product.telegram.customerSends(bot.id, { userId: 1004, firstName: 'Malika', text: 'Karta bilan toʻlasa boʻladimi?' });
  await product.telegram.waitFor(() => product.telegram.sent(bot.id).find((sent) => sent.chatId === 1004));

  const list = await owner.get(`${page}/conversations`);
  expect(list.html).toContain('Malika');
});

test('another owner sees none of it', async () => {
  const stranger = await registerOwner(product.app.url, 'stranger');
  const absent = '/bots/01890000-0000-7000-8000-000000000009';

  for (const part of ['', '/knowledge', '/playground', '/conversations']) {
    const [foreign, missing] = [await stranger.get(page + part), await stranger.get(absent + part)];
    expect([foreign.status, missing.status]).toEqual([404, 404]);
  }
});
