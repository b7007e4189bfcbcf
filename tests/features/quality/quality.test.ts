// Golden questions and revisions: over the routes, with the answers without AI and with Gemini's emulator.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postForm, type TestApp, testApp } from '../../support/app.ts';
import { type GeminiEmulator, startGeminiEmulator } from '../../support/gemini-emulator/gemini-emulator.ts';
import { newShop, type OwnedShop } from '../../support/owner.ts';

let site: TestApp;
let gemini: GeminiEmulator;
let withAi: TestApp;
beforeAll(async () => {
  [site, gemini] = await Promise.all([testApp(), startGeminiEmulator()]);
  withAi = await testApp({ GEMINI_API_KEY: gemini.apiKey, GEMINI_BASE_URL: gemini.url });
});
afterAll(() => Promise.all([site.close(), withAi.close(), gemini.close()]));

interface Item {
  question: string;
  before: string | null;
  after: string | null;
  state: string;
}

async function itemsOf({ agent, bot }: OwnedShop): Promise<Item[]> {
  const { body } = await agent.get(`${bot}/quality`).set('Accept', 'application/json');
  return body.items;
}
const save = ({ agent, bot }: OwnedShop, path: string, fields: Record<string, string>) =>
  postForm(agent, `${bot}${path}`, fields, `${bot}/quality`);
/** After the quiet time. */
const soon = (): Date => new Date(Date.now() + 31_000);
const price = (sum: string) => ({ title: 'Medovik torti', content: `Medovik torti narxi ${sum} soʻm.` });

async function medovikShop(on: TestApp): Promise<OwnedShop & { entry: string }> {
  const shop = await newShop(on, { language: 'en' });
  await save(shop, '/knowledge', price('120 000'));
  const { rows } = await on.sql.query<{ id: string }>('SELECT id FROM knowledge_entries WHERE bot_id = $1', [shop.botId]);
  return { ...shop, entry: `/knowledge/${rows[0]?.id}` };
}

test('an answer that gets worse after a save is noticed, told, and right again when the save is undone', async () => {
  const shop = await medovikShop(site);
  const { jobs } = site.container;
  await save(shop, '/quality', { question: 'medovik qancha?', mustContain: '120 ming' });
  await save(shop, '/quality', { question: 'Samolyot sotasizmi?', mustRefuse: '1' });
  await jobs.quality(soon());
  expect(await itemsOf(shop)).toMatchObject([
    { question: 'medovik qancha?', state: 'right', before: null, after: expect.stringContaining('120 000') },
    { question: 'Samolyot sotasizmi?', state: 'right' },
  ]);

  await save(shop, shop.entry, price('140 000'));
  await jobs.quality(new Date());
  expect((await itemsOf(shop))[0]?.state).toBe('right');
  await jobs.quality(soon());
  expect((await itemsOf(shop))[0]).toMatchObject({
    state: 'worse',
    before: expect.stringContaining('120 000'),
    after: expect.stringContaining('140 000'),
  });
  const [mail] = (await site.mails()).filter(({ to }) => to === shop.email);
  expect(mail).toMatchObject({ subject: '1 answer of “Aida” got worse', text: expect.stringContaining('medovik qancha?') });

  const page = (await shop.agent.get(`${shop.bot}/quality`)).text;
  const [undo] = /\/bots\/[^"]+\/revisions\/\d+\/undo/.exec(page) ?? [''];
  expect((await postForm(shop.agent, undo, {}, `${shop.bot}/quality`)).status).toBe(303);
  await jobs.quality(soon());
  expect((await itemsOf(shop))[0]).toMatchObject({ question: 'medovik qancha?', state: 'right' });
});

test('what the owner leaves so is no longer worse', async () => {
  const shop = await medovikShop(site);
  await save(shop, '/quality', { question: 'medovik qancha?', mustContain: '120 000' });
  await site.container.jobs.quality(soon());
  await save(shop, shop.entry, price('150 000'));
  await site.container.jobs.quality(soon());
  const page = (await shop.agent.get(`${shop.bot}/quality`)).text;
  const [accept] = /\/bots\/[^"]+\/accept/.exec(page) ?? [''];
  await postForm(shop.agent, accept, {}, `${shop.bot}/quality`);
  expect((await itemsOf(shop))[0]?.state).toBe('wrong');
});

test('the button asks at once, one run waits at a time, and nothing is asked of a bot without questions', async () => {
  const shop = await medovikShop(site);
  await save(shop, '/quality', { question: 'medovik qancha?' });
  for (let press = 0; press < 3; press += 1) expect((await save(shop, '/quality/run', {})).status).toBe(303);
  const other = await medovikShop(site);
  await site.container.jobs.quality(new Date());
  const runs = (of: OwnedShop) => site.sql.query('SELECT reason, state, total FROM quality_runs WHERE bot_id = $1', [of.botId]);
  expect((await runs(shop)).rows).toEqual([{ reason: 'button', state: 'done', total: 1 }]);
  await site.container.jobs.quality(soon());
  expect((await runs(other)).rows).toEqual([]);
});

test('a run whose process was killed goes on where it was, and asks nothing twice', async () => {
  const shop = await medovikShop(site);
  for (const question of ['medovik qancha?', 'medovik narxi?']) await save(shop, '/quality', { question });
  await site.sql.query(
    `WITH run AS (
       INSERT INTO quality_runs (id, tenant_id, bot_id, reason, state, started_at, heartbeat_at)
       VALUES (gen_random_uuid(), $1, $2, 'button', 'running', now(), now() - interval '3 minutes') RETURNING id
     )
     INSERT INTO quality_results (run_id, golden_id, tenant_id, "right", text, mode)
     SELECT run.id, golden.id, $1, true, 'kept', 'knowledge' FROM run, golden_questions golden
     WHERE golden.bot_id = $2 AND golden.question = 'medovik qancha?'`,
    [shop.tenantId, shop.botId],
  );
  await site.container.jobs.quality(new Date());
  expect((await itemsOf(shop)).map(({ after }) => after)).toEqual(['kept', expect.stringContaining('120 000')]);
});

test('the plan’s number of questions is a limit, and a full form comes back with what was typed', async () => {
  const shop = await medovikShop(site);
  for (let at = 0; at < 10; at += 1) await save(shop, '/quality', { question: `Savol ${at}?` });
  const full = await save(shop, '/quality', { question: 'Yana biri?' });
  expect([full.status, full.text.includes('10 check questions'), full.text.includes('Yana biri?')]).toEqual([422, true, true]);
  expect((await save(shop, '/quality', { question: ' ' })).status).toBe(422);
  expect(await itemsOf(shop)).toHaveLength(10);
});

const answered = (answer: string, status = 'answered') => ({
  raw: JSON.stringify({ answer, status, used: ['e1'], missing: status === 'answered' ? '' : 'x' }),
});

test('with AI: each verdict, the judge where words may vary, calls of the day, and none of the plan’s answers', async () => {
  const shop = await medovikShop(withAi);
  gemini.reset();
  gemini.controls.answer = (request) => {
    const schema = request.body.generationConfig?.['responseSchema'] as { properties: object };
    const text = JSON.stringify(request.body.contents);
    if ('right' in schema.properties) return { raw: JSON.stringify({ right: text.includes('ertaga'), why: 'Because.' }) };
    if (text.includes('qachon')) return answered(text.includes('bugun') ? 'Bugun emas, ertaga.' : 'Hozir.');
    return text.includes('samolyot') ? answered('', 'unknown') : answered('Medovik torti 120 000 soʻm.');
  };
  await save(shop, '/quality', { question: 'medovik qancha?', mustContain: '120 000' });
  await save(shop, '/quality', { question: 'medovik narxi?', mustContain: '90 000' });
  await save(shop, '/quality', { question: 'samolyot bormi?', mustRefuse: 'on' });
  await save(shop, '/quality', { question: 'bugun qachon?', rubric: 'offers another day' });
  await save(shop, '/quality', { question: 'qachon?', rubric: 'offers another day' });
  await withAi.container.jobs.quality(soon());
  const states = Object.fromEntries((await itemsOf(shop)).map(({ question, state }) => [question, state]));
  expect(states).toEqual({
    'medovik qancha?': 'right',
    'medovik narxi?': 'wrong',
    'samolyot bormi?': 'right',
    'bugun qachon?': 'right',
    'qachon?': 'wrong',
  });
  const { rows } = await withAi.sql.query(
    `SELECT d.calls, u.ai_answers AS answers, u.ai_calls AS spent FROM quality_days d
     LEFT JOIN usage_months u USING (tenant_id) WHERE d.tenant_id = $1`,
    [shop.tenantId],
  );
  expect(rows).toEqual([{ calls: gemini.requests.length, answers: 0, spent: gemini.requests.length }]);
  expect((await shop.agent.get(`${shop.bot}/quality`)).text).toContain('The AI’s judgement: Because.');
});

test('an AI out of reach, or a used-up day, ends the run without a verdict', async () => {
  const shop = await medovikShop(withAi);
  gemini.reset();
  await save(shop, '/quality', { question: 'medovik qancha?', mustContain: '120 000' });
  gemini.controls.fault = 'overloaded';
  await withAi.container.jobs.quality(soon());
  expect((await itemsOf(shop))[0]?.state).toBe('unasked');
  gemini.reset();
  await withAi.sql.query('UPDATE quality_days SET calls = 50 WHERE tenant_id = $1', [shop.tenantId]);
  await save(shop, '/quality/run', {});
  await withAi.container.jobs.quality(new Date());
  const { rows } = await withAi.sql.query('SELECT state FROM quality_runs WHERE bot_id = $1', [shop.botId]);
  expect([rows, gemini.requests.length]).toEqual([[{ state: 'limited' }, { state: 'limited' }], 0]);
});
