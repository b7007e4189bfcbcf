import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../../src/platform/crypto/ids.ts';
import { postForm, type TestApp, testApp } from '../../support/app.ts';
import { idOf, makeBot, newOwner, seedConnection, seedConversation, seedMessage } from '../../support/owner.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

/** An owner with a connected bot, reading in English. */
async function shop() {
  const owner = await newOwner(site);
  const path = await makeBot(owner.agent);
  await postForm(owner.agent, '/language', { language: 'en', returnTo: '/dashboard' }, path);
  const place = { tenantId: owner.tenantId, botId: idOf(path) };
  return { ...owner, path, place: { ...place, connectionId: await seedConnection(site, place.tenantId, place.botId) } };
}

const titlesIn = (html: string): string[] =>
  [...html.matchAll(/list__cover"[^>]*>([^<]+)</g)].map(([, title]) => (title as string).trim());

test('the newest comes first, page after page, none twice and none lost', async () => {
  const { agent, place } = await shop();
  const start = Date.parse('2026-11-01T00:00:00Z');
  // Pairs of the same instant: the id has to settle them.
  for (let i = 0; i < 70; i += 1) {
    await seedConversation(site, place, {
      firstName: `C${String(i).padStart(2, '0')}`,
      at: new Date(start + Math.floor(i / 2) * 1_000),
    });
  }
  const seen: string[] = [];
  let next: string | undefined = '/conversations';
  while (next) {
    const { text }: { text: string } = await agent.get(next);
    seen.push(...titlesIn(text));
    next = /rel="next" href="([^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
  }
  expect(seen).toHaveLength(70);
  expect(new Set(seen).size).toBe(70);
  expect(seen[0]).toMatch(/C6[89]/);
  expect(seen.at(-1)).toMatch(/C0[01]/);
});

test('a customer is found by part of the name, whatever signs it has', async () => {
  const { agent, path, place } = await shop();
  for (const firstName of ['100%', 'Gulnora', 'Malika']) await seedConversation(site, place, { firstName });
  const found = async (q: string): Promise<string[]> => titlesIn((await agent.get(`${path}/conversations`).query({ q })).text);

  expect(await found('LIK')).toEqual(['Malika']);
  expect(await found('%')).toEqual(['100%']);
  expect(await found('_')).toEqual([]);
});

test('only those that need a person, until somebody has seen to it', async () => {
  const { agent, path, place } = await shop();
  await seedConversation(site, place, { firstName: 'Calm' });
  const id = await seedConversation(site, place, { firstName: 'Urgent', why: 'asked' });
  const waiting = async (): Promise<string[]> => titlesIn((await agent.get('/conversations?waiting=1')).text);
  expect(await waiting()).toEqual(['Urgent']);

  const page = `${path}/conversations/${id}`;
  const done = await postForm(agent, `${page}/resolve`, {}, page);
  expect([done.status, done.headers['location']]).toEqual([303, page]);
  expect(await waiting()).toEqual([]);
});

test('the playground is never among the conversations', async () => {
  const { agent, path, place } = await shop();
  const id = await seedConversation(site, { ...place, connectionId: null });
  expect(titlesIn((await agent.get('/conversations')).text)).toEqual([]);
  expect((await agent.get(`${path}/conversations/${id}`)).status).toBe(404);
  expect((await postForm(agent, `${path}/conversations/${id}/resolve`, {}, path)).status).toBe(404);
});

test('under each answer stands where it came from, and why it was not the AI’s', async () => {
  const { agent, path, place } = await shop();
  const id = await seedConversation(site, place);
  const add = (message: Parameters<typeof seedMessage>[3]) => seedMessage(site, place.tenantId, id, message);
  const entry = newId();
  const first = await add({ direction: 'in', text: 'Open on <b>Sunday</b>?' });
  await add({
    direction: 'out',
    text: 'Yes.',
    mode: 'knowledge',
    reason: 'no_key',
    sources: [{ id: entry, title: 'Hours & days' }],
    replyTo: first,
  });
  const second = await add({ direction: 'in', text: 'Do you deliver & when?' });
  await add({ direction: 'out', text: 'We will check.', mode: 'fallback', reason: 'no_knowledge', replyTo: second });
  const third = await add({ direction: 'in', text: 'Thanks' });
  await add({ direction: 'out', text: 'Bye', mode: 'ai', status: 'failed', reason: 'blocked_by_customer', replyTo: third });

  const { text } = await agent.get(`${path}/conversations/${id}`);
  expect(text).toContain('Open on &lt;b&gt;Sunday&lt;/b&gt;?');
  expect(text).toContain(`${entry}">Hours &amp; days</a>`);
  expect(text).toContain('No AI is configured');
  expect(text).toContain('title=Do%20you%20deliver%20%26%20when%3F');
  const prefilled = /href="([^"]+\?title=[^"]+)"/.exec(text)?.[1] as string;
  expect((await agent.get(prefilled)).text).toContain('value="Do you deliver &amp; when?"');
  expect(text).toContain('The customer has blocked the bot.');
});

test('a long conversation shows its end first and leads back to its start', async () => {
  const { agent, path, place } = await shop();
  const id = await seedConversation(site, place);
  for (let i = 0; i < 60; i += 1) await seedMessage(site, place.tenantId, id, { direction: 'in', text: `word-${i}.` });
  const last = (await agent.get(`${path}/conversations/${id}`)).text;
  expect(last).toContain('word-59.');
  expect(last).not.toContain('word-9.');

  const earlier = /href="([^"]+\?before=\d+)"/.exec(last)?.[1] as string;
  const first = (await agent.get(earlier)).text;
  expect(first.match(/word-\d+/g)).toHaveLength(10);
  expect(first).not.toContain('?before=');
});

test.each([
  'after=abc',
  'after[]=1',
  'waiting=yes',
  'q[]=a',
  `q=${'x'.repeat(2_000)}`,
])('the list with ?%s is a page', async (query) => {
  const { agent, path } = await shop();
  expect((await agent.get(`${path}/conversations?${query}`)).status).toBe(200);
});

test.each(['abc', '-1', '99999999999999999999', '1e400'])('a conversation before %s is a page', async (before) => {
  const { agent, path, place } = await shop();
  const id = await seedConversation(site, place);
  expect((await agent.get(`${path}/conversations/${id}?before=${before}`)).status).toBe(200);
});

test('nobody else reads a conversation, nor through another bot', async () => {
  const [mine, other] = [await shop(), await shop()];
  const id = await seedConversation(site, mine.place, { firstName: 'Secret', why: 'asked' });
  const paths = [`${mine.path}/conversations/${id}`, `${other.path}/conversations/${id}`, `${mine.path}/conversations`];
  for (const path of paths) expect((await other.agent.get(path)).status).toBe(404);
  const sibling = await makeBot(mine.agent);
  expect((await mine.agent.get(`${sibling}/conversations/${id}`)).status).toBe(404);
  expect((await mine.agent.get(`${mine.path}/conversations/x`)).status).toBe(404);
  expect((await postForm(other.agent, `${mine.path}/conversations/${id}/resolve`, {}, other.path)).status).toBe(404);
  expect((await other.agent.get('/conversations')).text).not.toContain('Secret');
  expect((await site.agent().get('/conversations')).status).toBe(303);
});
