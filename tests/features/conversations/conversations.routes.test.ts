import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../../src/platform/crypto/ids.ts';
import { postForm, type TestApp, testApp } from '../../support/app.ts';
import { addMessage, below, type SeededCustomer, type SeededMessage } from '../../support/factories.ts';
import { makeBot, newShop, type OwnedShop } from '../../support/owner.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

/** A customer's conversation; gives its id. */
const chat = async (place: Pick<OwnedShop, 'tenantId' | 'botId'>, customer?: SeededCustomer): Promise<string> =>
  (await below(place).withCustomer(customer).in(site)).conversationId;

const titlesIn = (html: string): string[] =>
  [...html.matchAll(/list__cover"[^>]*>([^<]+)</g)].map(([, title]) => (title as string).trim());

test('pages list the newest first without repeats or gaps', async () => {
  const { agent, ...place } = await newShop(site);
  const start = Date.parse('2026-11-01T00:00:00Z');
  // Pairs with equal times are ordered by id.
  for (let i = 0; i < 70; i += 1) {
    await chat(place, {
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

test('a customer is found by part of the name, wildcards included', async () => {
  const { agent, bot: path, ...place } = await newShop(site);
  for (const firstName of ['100%', 'Gulnora', 'Malika']) await chat(place, { firstName });
  const found = async (q: string): Promise<string[]> => titlesIn((await agent.get(`${path}/conversations`).query({ q })).text);

  expect(await found('LIK')).toEqual(['Malika']);
  expect(await found('%')).toEqual(['100%']);
  expect(await found('_')).toEqual([]);
});

test('the filter shows conversations that need a person until one is resolved', async () => {
  const { agent, bot: path, ...place } = await newShop(site);
  await chat(place, { firstName: 'Calm' });
  const id = await chat(place, { firstName: 'Urgent', why: 'asked' });
  const waiting = async (): Promise<string[]> => titlesIn((await agent.get('/conversations?waiting=1')).text);
  expect(await waiting()).toEqual(['Urgent']);

  const page = `${path}/conversations/${id}`;
  const done = await postForm(agent, `${page}/resolve`, {}, page);
  expect([done.status, done.headers['location']]).toEqual([303, page]);
  expect(await waiting()).toEqual([]);
});

test('the playground is not among the conversations', async () => {
  const { agent, bot: path, ...place } = await newShop(site);
  const id = await chat({ tenantId: place.tenantId, botId: place.botId });
  expect(titlesIn((await agent.get('/conversations')).text)).toEqual([]);
  expect((await agent.get(`${path}/conversations/${id}`)).status).toBe(404);
  expect((await postForm(agent, `${path}/conversations/${id}/resolve`, {}, path)).status).toBe(404);
});

test('each answer shows its source, or why it is not the AI’s', async () => {
  const { agent, bot: path, ...place } = await newShop(site);
  const id = await chat(place);
  const add = (message: SeededMessage) => addMessage(site, { ...place, conversationId: id }, message);
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

test('a long conversation shows its end and links to earlier messages', async () => {
  const { agent, bot: path, ...place } = await newShop(site);
  const id = await chat(place);
  for (let i = 0; i < 60; i += 1)
    await addMessage(site, { ...place, conversationId: id }, { direction: 'in', text: `word-${i}.` });
  const last = (await agent.get(`${path}/conversations/${id}`)).text;
  expect(last).toContain('word-59.');
  expect(last).not.toContain('word-9.');

  const earlier = /href="([^"]+\?before=\d+)"/.exec(last)?.[1] as string;
  const first = (await agent.get(earlier)).text;
  expect(first.match(/bubble__text">word-\d+/g)).toHaveLength(10);
  expect(first).not.toContain('?before=');
});

test.each([
  'after=abc',
  'after[]=1',
  'waiting=yes',
  'q[]=a',
  `q=${'x'.repeat(2_000)}`,
])('the list with ?%s is a page', async (query) => {
  const { agent, bot: path } = await newShop(site);
  expect((await agent.get(`${path}/conversations?${query}`)).status).toBe(200);
});

test.each(['abc', '-1', '99999999999999999999', '1e400'])('a conversation before %s is a page', async (before) => {
  const { agent, bot: path, ...place } = await newShop(site);
  const id = await chat(place);
  expect((await agent.get(`${path}/conversations/${id}?before=${before}`)).status).toBe(200);
});

test('a conversation is not readable for others or through another bot', async () => {
  const [mine, other] = [await newShop(site), await newShop(site)];
  const id = await chat(mine, { firstName: 'Secret', why: 'asked' });
  const paths = [`${mine.bot}/conversations/${id}`, `${other.bot}/conversations/${id}`, `${mine.bot}/conversations`];
  for (const path of paths) expect((await other.agent.get(path)).status).toBe(404);
  const sibling = await makeBot(mine.agent);
  expect((await mine.agent.get(`${sibling}/conversations/${id}`)).status).toBe(404);
  expect((await mine.agent.get(`${mine.bot}/conversations/x`)).status).toBe(404);
  expect((await postForm(other.agent, `${mine.bot}/conversations/${id}/resolve`, {}, other.bot)).status).toBe(404);
  expect((await other.agent.get('/conversations')).text).not.toContain('Secret');
  expect((await site.agent().get('/conversations')).status).toBe(303);
});
