import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemTextOf } from '../../support/gemini-emulator/gemini-emulator.ts';
import { type PlaygroundWorld, playgroundWorld } from './playground-world.ts';

let world: PlaygroundWorld;
beforeAll(async () => {
  world = await playgroundWorld();
});
afterAll(() => world.close());
beforeEach(() => world.gemini.reset());

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
  await ask(site, owner.path, 'Salom');
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

test('an answer that is not the AI’s is given back', async () => {
  world.gemini.controls.fault = 'safety';
  const owner = await world.business();
  const res = await ask(world.site(owner), owner.path, 'Non narxi qancha?');

  expect(res.body).toMatchObject({ mode: 'knowledge', reason: 'blocked' });
  expect(res.body.words.reason).toContain('xavfsizlik');
  expect(await usedBy(owner.tenantId)).toBe(0);
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
