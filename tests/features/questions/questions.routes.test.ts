import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, csrfOf, postForm, type TestApp, testApp } from '../../support/app.ts';
import { type GeminiEmulator, questionOf, startGeminiEmulator } from '../../support/gemini-emulator/gemini-emulator.ts';
import { asks } from '../../support/open-questions.ts';
import { newShop, type OwnedShop } from '../../support/owner.ts';

let site: TestApp;
let gemini: GeminiEmulator;
beforeAll(async () => {
  gemini = await startGeminiEmulator();
  site = await testApp({ GEMINI_BASE_URL: gemini.url, GEMINI_API_KEY: gemini.apiKey });
});
afterAll(async () => {
  await site.close();
  await gemini.close();
});

const group = () => site.container.features.questions.grouper.look();
const items = async ({ agent, bot }: OwnedShop, query = '') =>
  (await agent.get(`${bot}/questions${query}`).set('Accept', 'application/json')).body.items;
/** Three customers ask one thing in three ways, the first a day and a half ago. */
async function asked(connection: Record<string, unknown> = {}) {
  const shop = await newShop(site, { connection });
  const at = new Date(Date.now() - 36 * 3_600_000);
  await asks(site, shop, 'chegirma bormi', { at });
  await asks(site, shop, 'есть скидки?', { language: 'ru' });
  await asks(site, shop, 'чегирма борми', { language: 'uz-Cyrl' });
  await group();
  const [question] = await items(shop);
  return { ...shop, id: question.id as string, path: `${shop.bot}/questions`, own: `${shop.bot}/questions/${question.id}` };
}
const send = (agent: Agent, path: string, fields: Record<string, string>, page: string) => postForm(agent, path, fields, page);
const sentTo = async ({ tenantId }: OwnedShop) =>
  (
    await site.sql.query<{ text: string }>("SELECT text FROM messages WHERE tenant_id = $1 AND direction = 'out' ORDER BY text", [
      tenantId,
    ])
  ).rows.map(({ text }) => text);
const answer = { title: 'Chegirmalar', content: 'Doimiy mijozlarga 5 % chegirma bor.' };
const used = async ({ tenantId }: OwnedShop) => (await site.container.usage.current(tenantId)).used;

test('the list says what it is for when it is empty, and as JSON has the fields of the contract', async () => {
  const shop = await newShop(site);
  expect((await shop.agent.get(`${shop.bot}/questions`)).text).toContain('No open questions');
  expect(await items(shop)).toEqual([]);
  const { agent, path, id, ...rest } = await asked();
  expect(await items({ agent, ...rest })).toEqual([
    { id, question: 'chegirma bormi', count: 3, people: 3, lastAskedAt: expect.any(String), state: 'open' },
  ]);
  const { text } = await agent.get(path);
  for (const words of ['chegirma bormi', 'есть скидки?', 'чегирма борми', '3 people']) expect(text).toContain(words);
  expect((await agent.get('/dashboard')).text).toContain('1 open question');
});

test('an answer becomes an entry, is checked at once for one answer of the plan, and is sent to each who asked once', async () => {
  const shop = await asked();
  const { agent, path, own } = shop;
  gemini.reset();
  gemini.controls.answer = () => ({ answer: 'Ha, 5 %.', status: 'answered', used: ['e1'], missing: '' });
  const done = await send(agent, `${own}/answer`, answer, path);
  expect([done.status, await used(shop), gemini.requests.length]).toEqual([303, 1, 1]);
  expect(JSON.stringify(gemini.requests[0]?.body)).toContain(answer.content);
  expect(questionOf(gemini.requests[0]?.body as never)).toMatch(/chegirma|скидки|чегирма/);
  const { text } = await agent.get(String(done.headers['location']).split('#')[0] as string);
  for (const words of ['The bot now answers:', 'Ha, 5 %.', 'Send to 3 customers']) expect(text).toContain(words);
  expect((await agent.get(`${shop.bot}/knowledge`)).text).toContain('Chegirmalar');
  expect(await sentTo(shop)).toEqual([]);

  const tokens = csrfOf(text);
  const press = () => agent.post(`${own}/send`).type('form').send({ _csrf: tokens });
  expect((await Promise.all([press(), press(), press()])).map(({ status }) => status)).toEqual([303, 303, 303]);
  expect(await sentTo(shop)).toEqual([
    'Siz soʻragan edingiz: “chegirma bormi”\n\nDoimiy mijozlarga 5 % chegirma bor.',
    'Вы спрашивали: «есть скидки?»\n\nDoimiy mijozlarga 5 % chegirma bor.',
    expect.stringContaining('Доимий мижозларга 5 % чегирма бор.'),
  ]);
  expect((await agent.get(`${path}?state=answered`)).text).toContain('Sent to 3 customers.');
  expect(await items(shop)).toMatchObject([{ state: 'answered' }]);
});

test('a process that dies while it sends leaves the rest to the next, and nobody is written to twice', async () => {
  const shop = await asked();
  gemini.controls.answer = () => ({ answer: 'Ha.', status: 'answered', used: [], missing: '' });
  await send(shop.agent, `${shop.own}/answer`, answer, shop.path);
  for (let kill = 1; kill <= 3; kill += 1) {
    const dying = await site.another();
    const marks = dying.container.database.prisma.openQuestionAsker;
    let writes = 0;
    // The message is stored, and the process dies before it is noted.
    marks.updateMany = (() => {
      writes += 1;
      return writes >= kill ? Promise.reject(new Error('killed')) : marks.count({ where: { tenantId: shop.tenantId } });
    }) as never;
    await site.sql.query('UPDATE open_questions SET send_asked_at = now(), send_asked_by = $2 WHERE id = $1', [
      shop.id,
      (await site.sql.query<{ id: string }>('SELECT user_id AS id FROM memberships WHERE tenant_id = $1', [shop.tenantId]))
        .rows[0]?.id,
    ]);
    await dying.container.features.questions.jobs.everyMinute(new Date());
    await dying.close();
  }
  await site.container.features.questions.jobs.everyMinute(new Date());
  await send(shop.agent, `${shop.own}/send`, {}, shop.path);
  expect(await sentTo(shop)).toHaveLength(3);
});

test('who may not be written to any more is counted with the reason', async () => {
  const shop = await asked({ platform: 'instagram' });
  gemini.controls.answer = () => ({ answer: '?', status: 'unknown', used: [], missing: 'x' });
  const done = await send(shop.agent, `${shop.own}/answer`, answer, shop.path);
  const page = String(done.headers['location']).split('#')[0] as string;
  expect((await shop.agent.get(page)).text).toContain('The bot still does not answer this surely.');
  await send(shop.agent, `${shop.own}/send`, {}, shop.path);
  expect(await sentTo(shop)).toHaveLength(2);
  const { text } = await shop.agent.get(page);
  expect(text).toContain('Sent to 2 customers.');
  expect(text).toContain('1 has not written for too long');
});

test('a refused answer comes back with what was typed, and an unanswered question is not sent', async () => {
  const { agent, path, own } = await asked();
  const refused = await send(agent, `${own}/answer`, { title: '', content: 'Ha <b>5 %</b>' }, path);
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('Ha &lt;b&gt;5 %&lt;/b&gt;');
  expect((await send(agent, `${own}/send`, {}, path)).status).toBe(422);
});

test('an answer that does not hold is changed in its entry and checked again', async () => {
  const shop = await asked();
  gemini.controls.answer = () => ({ answer: '?', status: 'unknown', used: [], missing: 'x' });
  await send(shop.agent, `${shop.own}/answer`, answer, shop.path);
  gemini.controls.answer = () => ({ answer: 'Ha, 7 %.', status: 'answered', used: ['e1'], missing: '' });
  await send(shop.agent, `${shop.own}/answer`, { ...answer, content: 'Chegirma 7 %.' }, shop.path);
  expect((await shop.agent.get(`${shop.path}?state=answered`)).text).toContain('The bot now answers:');
  const entries = await site.sql.query('SELECT content FROM knowledge_entries WHERE bot_id = $1', [shop.botId]);
  expect(entries.rows).toEqual([{ content: 'Chegirma 7 %.' }]);
  await send(shop.agent, `${shop.own}/send`, {}, shop.path);
  expect((await sentTo(shop)).filter((text) => /7 %/.test(text))).toHaveLength(3);
});

test('a question that is not theirs is closed, stays closed when asked again, and can be found there', async () => {
  const shop = await asked();
  expect((await send(shop.agent, `${shop.own}/dismiss`, {}, shop.path)).status).toBe(303);
  await asks(site, shop, 'Skidka bormi?');
  await group();
  expect(await items(shop)).toMatchObject([{ state: 'dismissed', count: 4 }]);
  expect((await shop.agent.get(shop.path)).text).toContain('No open questions');
  expect((await shop.agent.get(`${shop.path}?state=dismissed`)).text).toContain('chegirma bormi');
});

test('the live list has another version as soon as something was asked', async () => {
  const shop = await asked();
  const versionIn = async (page: string) => /data-version="(\w+)"/.exec((await shop.agent.get(page)).text)?.[1];
  const before = await versionIn(shop.path);
  expect(await versionIn(`${shop.path}/live`)).toBe(before);
  await asks(site, shop, 'chegirma bormi?');
  await group();
  expect(await versionIn(`${shop.path}/live`)).not.toBe(before);
});

test('a search finds a question by any of its words, and another business’s question does not exist', async () => {
  const shop = await asked();
  await asks(site, shop, 'wifi bormi');
  await group();
  expect((await items(shop, '?q=скид')).length).toBe(1);
  expect((await items(shop, '?q=%25')).length).toBe(0);
  const other = await newShop(site);
  for (const act of ['answer', 'send', 'dismiss']) {
    expect((await send(other.agent, `${other.bot}/questions/${shop.id}/${act}`, answer, '/dashboard')).status).toBe(404);
  }
  expect((await other.agent.get(`${other.bot}/questions?question=${shop.id}`)).status).toBe(404);
});
