import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { below } from '../../support/factories.ts';
import { systemTextOf } from '../../support/gemini-emulator/gemini-emulator.ts';
import { type PlaygroundWorld, playgroundWorld } from './playground-world.ts';

let world: PlaygroundWorld;
beforeAll(async () => {
  world = await playgroundWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  world.gemini.reset();
  await world.sql.query('DELETE FROM ai_problems');
});

type Site = ReturnType<PlaygroundWorld['site']>;
const ask = (site: Site, path: string, text: string) =>
  site.post(path).type('form').set('Accept', 'application/json').send({ text });
const usedBy = async (tenantId: string): Promise<number> =>
  (
    await world.sql.query<{ used: number }>(
      'SELECT coalesce(sum(ai_answers), 0)::int AS used FROM usage_months WHERE tenant_id = $1',
      [tenantId],
    )
  ).rows[0]?.used ?? -1;

test('a question is answered by the AI from the knowledge, with the entry named and one answer counted', async () => {
  const owner = await world.business();
  const res = await ask(world.site(owner), owner.path, 'Non narxi qancha?');

  expect(res.status).toBe(200);
  expect(res.body).toMatchObject({ reply: 'Non narxi 5 000 soʻm.', mode: 'ai', reason: null, sources: [{ title: 'Narxlar' }] });
  expect(res.body.words.mode).toBe('sunʼiy intellekt');
  expect(await usedBy(owner.tenantId)).toBe(1);
});

test('how an answer came about is told with it and stands on the page', async () => {
  const owner = await world.business();
  const site = world.site(owner, { language: 'en' });
  world.gemini.controls.answer = ({ body }) =>
    systemTextOf(body).includes('written nowhere') ? { answer: 'Non 5 000 soʻm.', used: ['e1'] } : 'Non 7 000 soʻm.';
  const res = await ask(site, owner.path, 'Non qancha?');
  const page = await site.get(owner.path);
  const facts = new Map(res.body.facts.map(({ label, text }: { label: string; text: string }) => [label, text]));

  expect(facts.get('Outcome')).toBe('answered');
  expect(facts.get('Given to the AI')).toBe('all entries, best match first: Narxlar');
  expect(facts.get('Check of prices, phones, dates and links')).toBe('stopped, then answered without: 7 000 som');
  expect(facts.get('Language')).toBe('Uzbek, Latin script: the message is in it');
  expect(facts.get('Model')).toBe('gemini-3.5-flash-lite');
  expect(facts.get('Cost by list prices')).toMatch(/^\d+\u00a0soʻm \(\$0\.000\d\d\)$/);
  expect(facts.get('Your plan')).toBe('1 answer');
  for (const { text, sources } of res.body.facts) if (!sources) expect(page.text).toContain(`<dd>${text}</dd>`);
});

test('what the bot does not know stands on the page as a whole question', async () => {
  const owner = await world.business();
  world.gemini.controls.answer = () => ({ answer: '-', status: 'unknown', missing: 'Samolyotga bilet bormi?' });
  const res = await ask(world.site(owner, { language: 'en' }), owner.path, 'samolyot?');

  expect(res.body.facts).toContainEqual({ label: 'Question without an answer', text: 'Samolyotga bilet bormi?' });
  expect(res.body).toMatchObject({ mode: 'ai', reason: 'no_knowledge', sources: [] });
});

test('sample questions are there until the first question, by the titles of entries', async () => {
  const owner = await world.business();
  const site = world.site(owner);

  expect((await site.get(owner.path)).text).toContain('value="Narxlar?"');
  await ask(site, owner.path, 'Narxlar?');
  expect((await site.get(owner.path)).text).not.toContain('data-samples');
});

test('without a key the knowledge answers, nothing is counted and the page says why', async () => {
  const owner = await world.business();
  const site = world.site(owner, { withKey: false });
  const res = await ask(site, owner.path, 'Non narxi qancha?');
  const page = await site.get(owner.path);

  expect(res.body).toMatchObject({
    reply: 'Non narxi 5 000 soʻm.',
    mode: 'knowledge',
    reason: 'no_key',
    sources: [{ title: 'Narxlar' }],
  });
  expect(await usedBy(owner.tenantId)).toBe(0);
  expect(page.text).toContain('Javoblar faqat bilimlaringizdan olinadi.');
  expect(page.text).toContain('GEMINI_API_KEY');
  expect(page.text).toContain(`href="/bots/${owner.botId}/knowledge/${owner.entryId}"`);
});

test('a form without script goes back to the page, where question and answer stand', async () => {
  const owner = await world.business();
  const site = world.site(owner);
  const res = await site.post(owner.path).type('form').set('Accept', 'text/html').send({ text: 'Non narxi qancha?' });
  const page = await site.get(owner.path);

  expect(res.status).toBe(303);
  expect(res.headers['location']).toBe(`${owner.path}#latest`);
  expect(page.text).toContain('Non narxi qancha?');
  expect(page.text).toContain('Non narxi 5 000 soʻm.');
});

test('an answer stands on the page as a customer sees it: styles for marks, addresses in place of links, no HTML', async () => {
  const owner = await world.business();
  const site = world.site(owner);
  world.gemini.controls.answer = () => ({
    answer: '**Somsa** bor <script>alert(1)</script> [bizda](https://oltin.uz) [x](javascript:alert)',
    used: ['e1'],
  });
  const asked = '**Somsa** <b>bormi</b>? https://oltin.uz';
  const { body } = await ask(site, owner.path, asked);
  expect(body.reply).toBe('Somsa bor <script>alert(1)</script> bizda (https://oltin.uz) [x](javascript:alert)');

  const { text } = await site.get(owner.path);
  expect(text).toContain('<b>Somsa</b> bor &lt;script&gt;alert(1)&lt;/script&gt; bizda (https://oltin.uz) [x](javascript:alert)');
  expect(text).toContain('**Somsa** &lt;b&gt;bormi&lt;/b&gt;? https://oltin.uz');
});

test.each([
  ['', 'Savol yozing'],
  ['   ', 'Savol yozing'],
  ['я'.repeat(4_001), '4 000'],
])('text %#, empty or too long, comes back with the reason', async (text, reason) => {
  const owner = await world.business();
  const res = await world.site(owner).post(owner.path).type('form').set('Accept', 'text/html').send({ text });

  expect(res.status).toBe(422);
  expect(res.text).toContain(reason);
  expect(world.gemini.requests).toHaveLength(0);
});

test('an unknown field is refused', async () => {
  const owner = await world.business();
  const res = await world.site(owner).post(owner.path).type('form').send({ text: 'Salom', model: 'gpt' });
  expect(res.status).toBe(422);
});

test("another tenant's bot does not exist, for reading, asking and clearing", async () => {
  const [owner, stranger] = [await world.business(), await world.business()];
  const site = world.site(stranger);
  const statuses = [
    await site.get(owner.path),
    await ask(site, owner.path, 'Non?'),
    await site.post(`${owner.path}/reset`).type('form').send({}),
  ].map((res) => res.status);

  expect(statuses).toEqual([404, 404, 404]);
});

test('the conversation goes on: earlier turns are told to the AI, after a reset they are not', async () => {
  const owner = await world.business();
  const site = world.site(owner);
  await ask(site, owner.path, 'Non narxi qancha?');
  await ask(site, owner.path, 'Yana nima bor?');
  expect(world.gemini.requests.at(-1)?.body.contents.map(({ parts }) => parts[0]?.text)).toEqual([
    'Non narxi qancha?',
    'Non narxi 5 000 soʻm.',
    'Yana nima bor?',
  ]);

  const reset = await site.post(`${owner.path}/reset`).type('form').send({});
  expect(reset.status).toBe(303);
  await ask(site, owner.path, 'Non bormi?');
  expect(world.gemini.requests.at(-1)?.body.contents).toHaveLength(1);
});

test('two people of a business have two conversations', async () => {
  const owner = await world.business();
  const colleague = { ...owner, userId: (await world.business()).userId };
  await ask(world.site(owner), owner.path, 'Non narxi qancha?');

  expect((await world.site(colleague).get(owner.path)).text).not.toContain('Non narxi qancha?');
});

test('questions sent at once are all kept, in one conversation', async () => {
  const owner = await world.business();
  const site = world.site(owner);
  await Promise.all(Array.from({ length: 5 }, () => ask(site, owner.path, 'Non narxi qancha?')));
  const { rows } = await world.sql.query(
    'SELECT (SELECT count(*) FROM conversations WHERE bot_id = $1) AS conversations, (SELECT count(*) FROM messages WHERE tenant_id = $2) AS messages',
    [owner.botId, owner.tenantId],
  );

  expect(rows[0]).toEqual({ conversations: 1, messages: 10 });
});

test('with the plan used up the knowledge answers and the AI is not asked', async () => {
  const owner = await world.business(1);
  const site = world.site(owner);
  await ask(site, owner.path, 'Non narxi qancha?');
  const res = await ask(site, owner.path, 'Non narxi qancha?');

  expect(res.body).toMatchObject({ mode: 'knowledge', reason: 'quota_reached' });
  expect(world.gemini.requests).toHaveLength(1);
  expect(await usedBy(owner.tenantId)).toBe(1);
});

test.each([
  ['safety', 'blocked', 1],
  ['bad_key', 'bad_key', 0],
] as const)('after the fault %s (%s) %d answers are charged', async (fault, reason, used) => {
  world.gemini.controls.fault = fault;
  const owner = await world.business();
  const res = await ask(world.site(owner), owner.path, 'Non narxi qancha?');

  expect(res.body).toMatchObject({ mode: 'knowledge', reason });
  expect(await usedBy(owner.tenantId)).toBe(used);
});

test.each([
  ['Сколько стоит хлеб?', 'Russian'],
  ['Нон нархи қанча?', 'Uzbek in Cyrillic script'],
  ['How much is bread?', 'English'],
])('%s is answered in its own language', async (text, language) => {
  const owner = await world.business();
  await ask(world.site(owner), owner.path, text);

  expect(systemTextOf(world.gemini.requests[0]?.body ?? { contents: [] })).toContain(`The customer writes in ${language}.`);
});

test('what a model or a customer writes is text on the page, never markup', async () => {
  world.gemini.controls.answer = () => '<img src=x onerror=alert(1)> javascript:alert(1)';
  const owner = await world.business();
  const site = world.site(owner);
  await ask(site, owner.path, '<script>alert("non")</script> non narxi');
  const page = await site.get(owner.path);

  expect(page.text).not.toContain('<script>alert');
  expect(page.text).not.toContain('<img src=x');
  expect(page.text).toContain('&lt;img src=x onerror=alert(1)&gt;');
});

test('one person may ask twenty times a minute', async () => {
  const owner = await world.business();
  const site = world.site(owner, { withKey: false });
  const statuses: number[] = [];
  for (let i = 0; i < 21; i += 1) statuses.push((await ask(site, owner.path, 'Salom')).status);

  expect(statuses.filter((status) => status === 200)).toHaveLength(20);
  expect(statuses.at(-1)).toBe(429);
});

test('reading the page writes nothing', async () => {
  const owner = await world.business();
  const page = await world.site(owner).get(owner.path);
  const { rows } = await world.sql.query('SELECT count(*) AS conversations FROM conversations WHERE bot_id = $1', [owner.botId]);

  expect(page.status).toBe(200);
  expect(rows[0]).toEqual({ conversations: 0 });
});

test('titles to choose from are buttons, and a press sends that entry', async () => {
  const owner = await world.business();
  const site = world.site(owner, { withKey: false });
  const courses = below(owner).withEntry({ title: 'Bolalar kurslari', content: 'Haftada uch marta, 400 000 soʻm.' });
  await courses.withEntry({ title: 'Kattalar kurslari', content: 'Haftada ikki marta, 600 000 soʻm.' }).in(world);
  const offered = await ask(site, owner.path, 'kurslar bormi');
  expect(offered.body.choices).toEqual(['Bolalar kurslari', 'Kattalar kurslari', 'Boshqa savol']);
  expect((await site.get(owner.path)).text).toContain('name="text" value="Kattalar kurslari"');

  const chosen = await ask(site, owner.path, 'Kattalar kurslari');
  expect(chosen.body).toMatchObject({ reply: expect.stringContaining('600 000'), choices: [] });
});
