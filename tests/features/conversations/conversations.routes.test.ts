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

test('a customer is found by part of the name, in any script', async () => {
  const { agent, bot: path, ...place } = await newShop(site);
  for (const firstName of ['Zo 100%', 'Gulnora', 'Малика', 'Oʻtkir']) await chat(place, { firstName });
  const found = async (q: string): Promise<string[]> => titlesIn((await agent.get(`${path}/conversations`).query({ q })).text);

  expect(await found('LIK')).toEqual(['Малика']);
  expect(await found('лик')).toEqual(['Малика']);
  expect(await found('Ўткир')).toEqual(['Oʻtkir']);
  expect(await found("o'tk")).toEqual(['Oʻtkir']);
  expect(await found('zo 100%')).toEqual(['Zo 100%']);
  for (const nothing of ['%', '_', "'", '\\', ':*', '& |', 'gul & zukhra']) expect(await found(nothing)).toEqual([]);
});

test('a conversation is found by the words of a message or a transcript, with the message that has them', async () => {
  const { agent, ...place } = await newShop(site);
  const [asked, spoken, other] = [await chat(place), await chat(place), await chat(place)];
  const add = (conversationId: string, message: SeededMessage) => addMessage(site, { ...place, conversationId }, message);
  const match = await add(asked, { direction: 'in', text: 'Йўлга <b>чиқдик</b>, шокодли торт борми?' });
  await add(asked, { direction: 'out', text: 'Ha, bor.', mode: 'ai' });
  await add(spoken, { direction: 'in', text: '', kind: 'voice' });
  await site.sql.query("UPDATE messages SET media_text = 'Shokoladli tort kerak' WHERE conversation_id = $1", [spoken]);
  await add(other, { direction: 'in', text: 'Non bormi?' });
  const found = async (q: string) => (await agent.get('/conversations').query({ q })).text;
  const idsIn = (html: string): string[] => [...html.matchAll(/id="c([0-9a-f-]{36})"/g)].map(([, id]) => id as string);

  expect(idsIn(await found('tort')).sort()).toEqual([asked, spoken].sort());
  expect(idsIn(await found('shokodli TORT'))).toEqual([asked]);
  expect(idsIn(await found('yolga chik'))).toEqual([asked]);
  expect(await found('yolga')).toContain(`#m${match}"`);
  expect(idsIn(await found('tort non'))).toEqual([]);

  // A message that was erased is not found any more.
  await site.sql.query("UPDATE messages SET text = '' WHERE id = $1", [match]);
  expect(idsIn(await found('yolga'))).toEqual([]);
});

test('the last words of the list are those that the customer read, without the marks of the AI', async () => {
  const { agent, ...place } = await newShop(site);
  const conversationId = await chat(place);
  await addMessage(site, { ...place, conversationId }, { direction: 'out', text: '**Cake** is `60 000`', mode: 'ai' });
  expect((await agent.get('/conversations')).text).toContain('Cake is 60 000');
});

test('another business finds nothing of it', async () => {
  const [mine, other] = [await newShop(site), await newShop(site)];
  const id = await chat(mine, { firstName: 'Sirojiddin' });
  await addMessage(site, { ...mine, conversationId: id }, { direction: 'in', text: 'maxfiy' });
  for (const q of ['Sirojiddin', 'maxfiy']) {
    expect(titlesIn((await mine.agent.get('/conversations').query({ q })).text)).toHaveLength(1);
    expect(titlesIn((await other.agent.get('/conversations').query({ q })).text)).toEqual([]);
  }
});

test('the list is narrowed to a channel, a bot, a label, a member, nobody, or days', async () => {
  const { agent, ...place } = await newShop(site);
  const whatsapp = await below(place).withConnection({ platform: 'whatsapp' }).in(site);
  const waiting = await chat(place, { firstName: 'Waits', why: 'asked' });
  await chat(place, { firstName: 'Old', at: new Date('2026-01-05T12:00:00Z') });
  await below(whatsapp).withCustomer({ firstName: 'Green' }).in(site);
  const { rows } = await site.sql.query<{ user_id: string }>('SELECT user_id FROM memberships WHERE tenant_id = $1', [
    place.tenantId,
  ]);
  const label = newId();
  await site.sql.query("INSERT INTO labels (id, tenant_id, name, name_key, colour) VALUES ($1, $2, 'VIP', 'vip', 'warn')", [
    label,
    place.tenantId,
  ]);
  const shown = async (query: string): Promise<string[]> =>
    titlesIn((await agent.get(`/conversations?${query}`)).text).toSorted();

  expect(await shown('channel=whatsapp')).toEqual(['Green']);
  expect(await shown('channel=carrier_pigeon')).toHaveLength(3);
  expect(await shown(`bot=${place.botId}`)).toHaveLength(3);
  expect(await shown(`bot=${newId()}`)).toEqual([]);
  expect(await shown('from=2026-01-05&to=2026-01-05')).toEqual(['Old']);
  expect(await shown('to=2026-01-04')).toEqual([]);
  expect(await shown('nobody=1')).toEqual(['Waits']);
  expect([await shown('mine=1'), await shown(`label=${label}`)]).toEqual([[], []]);
  await site.sql.query('INSERT INTO assignments (conversation_id, tenant_id, user_id) VALUES ($1, $2, $3)', [
    waiting,
    place.tenantId,
    rows[0]?.user_id,
  ]);
  await site.sql.query('INSERT INTO conversation_labels (conversation_id, label_id, tenant_id) VALUES ($1, $2, $3)', [
    waiting,
    label,
    place.tenantId,
  ]);
  expect(await shown('nobody=1')).toEqual([]);
  expect([await shown('mine=1'), await shown(`label=${label}`)]).toEqual([['Waits'], ['Waits']]);
});

test('a conversation is unread until the member has seen its newest message; what the bot answered is not', async () => {
  const { agent, bot: path, ...place } = await newShop(site);
  const id = await chat(place, { firstName: 'Nodira' });
  const add = (message: SeededMessage) => addMessage(site, { ...place, conversationId: id }, message);
  const isUnread = async (): Promise<boolean> => (await agent.get('/conversations')).text.includes('is-unread');
  const first = await add({ direction: 'in', text: 'Salom' });
  expect(await isUnread()).toBe(true);

  const page = `${path}/conversations/${id}`;
  expect((await postForm(agent, `${page}/seen`, { messageId: String(first) }, page)).status).toBe(204);
  expect(await isUnread()).toBe(false);
  await add({ direction: 'in', text: 'Yana savol' });
  expect(await isUnread()).toBe(true);
  await add({ direction: 'out', text: 'Javob', mode: 'ai' });
  expect(await isUnread()).toBe(false);
  expect((await postForm(agent, `${page}/seen`, { messageId: 'x' }, page)).status).toBe(422);
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
