import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemTextOf } from '../support/gemini-emulator/gemini-emulator.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import type { Visitor } from '../support/site-visitor.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

let product: Product;
let owner: Visitor;
let bot: BotState;
let page: string;
let customer = 5000;

beforeAll(async () => {
  product = await startProduct();
  const made = await ownerWithBots(product, 1);
  owner = made.owner;
  bot = made.bots[0];
  const [row] = await product.installation.query<{ id: string }>('SELECT id FROM bots');
  page = `/bots/${row?.id}`;
});
afterAll(() => product.close());

const save = async (fields: Record<string, string>) => {
  const saved = await owner.submit(`${page}/facts`, `${page}/facts`, fields);
  expect(saved.status).toBe(303);
};

async function ask(text: string): Promise<string> {
  const userId = ++customer;
  product.telegram.customerSends(bot.id, { userId, languageCode: 'uz', text });
  return (await product.telegram.waitFor(() => product.telegram.sent(bot.id).find((sent) => sent.chatId === userId))).text;
}

test('a changed fact is answered at once, without the AI, and by the clocks of the chosen zone', async () => {
  await save({ 'phone.1.text': '200-14-14' });
  expect(await ask('nomer')).toBe('Telefon raqamimiz: 200-14-14');
  const tried = await owner.ask(`${page}/playground`, `${page}/playground`, { text: 'nomer' });
  expect(tried).toMatchObject({ mode: 'knowledge', reply: 'Telefon raqamimiz: 200-14-14' });
  expect(JSON.stringify(tried['facts'])).toContain('biznes maʼlumotlaridan');
  await save({ 'phone.1.text': '300-15-15' });
  expect(await ask('nomer')).toBe('Telefon raqamimiz: 300-15-15');

  const zones = ['Pacific/Kiritimati', 'Pacific/Pago_Pago'];
  const clock = (zone: string) =>
    new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', hourCycle: 'h23' }).format();
  for (const timeZone of zones) {
    const hour = Number(clock(timeZone));
    // Open from two hours ago till two hours ahead, there alone.
    const from = (hour + 22) % 24;
    const hours = `${String(from).padStart(2, '0')}:00-${String((hour + 2) % 24).padStart(2, '0')}:00`;
    await save({ timeZone, act: 'copyMonday', 'hours.mon': hours });
    expect(await ask('hozir ochiqmisiz')).toMatch(/^Hozir ochiqmiz/);
  }
  expect(product.gemini.requests).toEqual([]);
  const months = await product.installation.query<{ answers: number }>(
    'SELECT coalesce(sum(ai_answers), 0)::int AS answers FROM usage_months',
  );
  expect(months).toEqual([{ answers: 0 }]);
});

test('the AI is given the facts, the zone and whether the business is open, and its right answer passes', async () => {
  await save({ timeZone: 'Asia/Almaty', act: 'copyMonday', 'hours.mon': '24/7', 'phone.1.text': '300-15-15' });
  product.gemini.controls.answer = () => 'Kecha-yu kunduz ochiqmiz, 300-15-15 ga yozing.';
  expect(await ask('Tort haqida kim bilan gaplashsam boʻladi, vaqt qancha ketadi?')).toContain('300-15-15');
  const [request] = product.gemini.requests;
  const system = request ? systemTextOf(request.body) : '';
  expect(system).toContain('Telephone: 300-15-15');
  expect(system).toMatch(/\(Asia\/Almaty\), open round the clock\./);
  const answer = await owner.ask(`${page}/playground`, `${page}/playground`, { text: 'Tort haqida batafsil aytib bering' });
  expect(answer).toMatchObject({ mode: 'ai' });
  expect(JSON.stringify(answer['facts'])).toContain('maʼlumotlari');
});
