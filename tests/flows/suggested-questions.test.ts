// The whole product: an entry saved on its page gets questions, the bot finds it by them, and without them or a key it works too.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../support/app-process.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import type { Visitor } from '../support/site-visitor.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

let product: Product;
let owner: Visitor;
let bot: BotState;
let path: string;
beforeAll(async () => {
  product = await startProduct();
  const made = await ownerWithBots(product, 1);
  owner = made.owner;
  bot = made.bots[0];
  const [row] = await product.installation.query<{ id: string }>('SELECT id FROM bots');
  path = `/bots/${row?.id}/knowledge`;
});
afterAll(() => product.close());

let lastUser = 0;
async function answerTo(text: string): Promise<string> {
  const userId = ++lastUser;
  product.telegram.customerSends(bot, { userId, languageCode: 'en', text });
  const answer = () => bot.sent.find(({ chatId }) => chatId === userId)?.text ?? '';
  await product.telegram.waitFor(() => answer() !== '', 'an answer', 30_000);
  return answer();
}

test('a saved entry is answered from at once, with every model failing, and is found by its questions later', async () => {
  product.gemini.controls.fault = 'overloaded';
  product.gemini.controls.suggestFault = 'overloaded';
  product.gemini.controls.suggest = () => ({ raw: JSON.stringify({ questions: ['zargaldoq bormi'], summary: '' }) });
  const saved = await owner.submit(path, path, { title: 'Delivery', content: 'Couriers come within 40 minutes.' });
  expect(saved.status).toBe(303);
  expect(await answerTo('Delivery?')).toContain('40 minutes');
  expect(await answerTo('Zargaldoq bormi?')).not.toContain('40 minutes');
  await until(
    async () => product.gemini.suggestions.length > 0,
    60_000,
    () => 'the model is asked for questions',
  );

  product.gemini.controls.suggestFault = null;
  await product.installation.query("UPDATE entry_questions SET run_at = now() WHERE run_at IS NOT NULL AND suggested = '{}'");
  await until(
    async () => (await product.installation.query("SELECT FROM entry_questions WHERE suggested <> '{}'")).length === 1,
    150_000,
    () => 'the questions are stored',
  );
  expect(await answerTo('Zargaldoq bormi?')).toContain('40 minutes');
}, 240_000);

test('knowledge that outgrew the prompt is embedded after a save, and a customer waits for no slow embedding', async () => {
  product.gemini.reset();
  await product.installation.query(
    `INSERT INTO knowledge_entries (id, tenant_id, bot_id, title, content)
     SELECT gen_random_uuid(), tenant_id, id, 'Room ' || n, repeat('The window looks at the garden. ', 40)
     FROM bots, generate_series(1, 15) n`,
  );
  expect((await owner.submit(path, path, { title: 'Pets', content: 'Cats and dogs stay for free.' })).status).toBe(303);
  const count = "SELECT count(*)::int AS n FROM entry_vectors WHERE vectors IS NOT NULL AND model = 'gemini-embedding-2'";
  await until(
    async () => (await product.installation.query<{ n: number }>(count))[0]?.n === 17,
    150_000,
    () => 'all entries have vectors',
  );

  const questions = () => product.gemini.embeddings.filter(({ texts }) => texts[0]?.startsWith('task: search result'));
  // The first question after a change finds the vectors not loaded yet, and does not wait for them.
  await until(
    async () => (await answerTo('Where is the garden?')) !== '' && questions().length > 0,
    60_000,
    () => 'a question is embedded',
  );
  product.gemini.controls.embedLatencyMs = 60_000;
  const askedMs = performance.now();
  expect(await answerTo('Do dogs stay for free?')).toContain('free');
  expect(performance.now() - askedMs).toBeLessThan(40_000);
}, 240_000);
