import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createConversationStreams } from '../../../src/features/conversations/conversation-streams.ts';
import { createStreamLimit, type Watched } from '../../../src/web/live-streams.ts';
import { login, PASSWORD, postForm, type TestApp, testApp } from '../../support/app.ts';
import { addMessage, below } from '../../support/factories.ts';
import { type OpenStream, openStream } from '../../support/open-stream.ts';
import { makeBot, newShop } from '../../support/owner.ts';

let site: TestApp;
const open: OpenStream[] = [];
beforeAll(async () => {
  site = await testApp();
});
afterEach(() => {
  for (const stream of open.splice(0)) stream.hangUp();
});
afterAll(() => site.close());

/** A customer's conversation; `page` is its address. */
async function conversation() {
  const shop = await newShop(site);
  const chat = await below(shop).withCustomer().in(site);
  const wrote = (text: string) => addMessage(site, chat, { direction: 'in', text });
  return { ...shop, id: chat.conversationId, page: `${shop.bot}/conversations/${chat.conversationId}`, wrote };
}

async function watch(...asked: Parameters<typeof openStream>): Promise<OpenStream> {
  const stream = await openStream(...asked);
  open.push(stream);
  return stream;
}
const SOON = { timeout: 60_000, interval: 50 };
const told = (stream: OpenStream): number => stream.text.split('event: changed').length - 1;
const versionOf = (html: string): string =>
  `${/data-version="(\w+)"/.exec(html)?.[1]}.${/data-list-version="(\w+)"/.exec(html)?.[1]}`;

test('an open page in another process is notified of every change', async () => {
  const { agent, email, id, page, wrote } = await conversation();
  const other = await site.another();
  const elsewhere = other.agent();
  await login(elsewhere, email, PASSWORD);
  const shown = versionOf((await elsewhere.get(page)).text);
  const stream = await watch(elsewhere, `${page}/events?seen=${shown}`);
  const acts = [
    () => wrote('Is it <b>open</b>?'),
    () => postForm(agent, `${page}/messages`, { text: 'Yes, it is.' }, page),
    () => site.sql.query("UPDATE messages SET status = 'sent' WHERE conversation_id = $1 AND direction = 'out'", [id]),
    () => postForm(agent, `${page}/resume-bot`, {}, page),
  ];
  for (const [before, act] of acts.entries()) {
    expect(told(stream)).toBe(before);
    await act();
    await expect.poll(() => told(stream), SOON).toBe(before + 1);
  }
  const { text } = await elsewhere.get(`${page}/live`);
  expect(text).toContain('Is it &lt;b&gt;open&lt;/b&gt;?');
  expect(text).toContain('Yes, it is.');
  expect(text).not.toContain('<html');
  expect(stream.text).toContain(`id: ${/data-version="(\w+)"/.exec(text)?.[1]}.`);
  stream.hangUp();
  await other.close();
});

test('a state that the page already has is not sent again', async () => {
  const { agent, page, wrote } = await conversation();
  const shown = versionOf((await agent.get(page)).text);
  const [fresh, again, stranger] = [
    await watch(agent, `${page}/events?seen=${shown}`),
    await watch(agent, `${page}/events?seen=old`, { 'last-event-id': shown }),
    await watch(agent, `${page}/events?seen[]=${shown}`),
  ];
  await expect.poll(() => told(stranger), SOON).toBe(1);
  expect([told(fresh), told(again)]).toEqual([0, 0]);
  await wrote('More');
  await expect.poll(() => [fresh, again, stranger].map(told), SOON).toEqual([1, 1, 2]);
});

const ENDINGS = {
  'the session ends': 'DELETE FROM sessions WHERE user_id IN (SELECT user_id FROM memberships WHERE tenant_id = $1)',
  'the session is over':
    'UPDATE sessions SET expires_at = now() WHERE user_id IN (SELECT user_id FROM memberships WHERE tenant_id = $1)',
  'the member leaves the business': 'DELETE FROM memberships WHERE tenant_id = $1',
  'the business is suspended': 'UPDATE tenants SET suspended_at = now() WHERE id = $1',
  'the person is suspended':
    'UPDATE users SET suspended_at = now() WHERE id IN (SELECT user_id FROM memberships WHERE tenant_id = $1)',
  'the customer is erased': 'DELETE FROM conversations WHERE tenant_id = $1',
};

test('a stream ends with the session, the membership, the business, the person or the customer', async () => {
  const streams: Record<string, OpenStream> = {};
  for (const [ending, statement] of Object.entries(ENDINGS)) {
    const { agent, tenantId, page } = await conversation();
    const stream = await watch(agent, `${page}/events`);
    await expect.poll(() => told(stream), SOON).toBe(1);
    await site.sql.query(statement, [tenantId]);
    streams[ending] = stream;
  }
  const going = (): string[] => Object.keys(ENDINGS).filter((ending) => !streams[ending]?.ended);
  await expect.poll(going, SOON).toEqual([]);
  for (const stream of Object.values(streams)) expect(stream.text).toContain('event: end');
});

test("a foreign, another bot's and the playground's conversation are 404; a visitor is sent to", async () => {
  const [mine, theirs] = [await conversation(), await conversation()];
  const sibling = await makeBot(mine.agent);
  const { tenantId, botId } = mine;
  const { conversationId: playground } = await below({ tenantId, botId }).withCustomer().in(site);
  const pages = [theirs.page, `${mine.bot}/conversations/${theirs.id}`, `${sibling}/conversations/${mine.id}`];
  for (const page of [...pages, `${mine.bot}/conversations/${playground}`]) {
    expect((await mine.agent.get(`${page}/events`)).status).toBe(404);
    expect((await mine.agent.get(`${page}/live`)).status).toBe(404);
  }
  expect((await site.agent().get(`${mine.page}/events`)).status).toBe(303);
  expect((await site.agent().get(`${mine.page}/live`).set('accept', 'application/json')).status).toBe(401);
});

test('a person has at most six streams, conversations and broadcasts together', async () => {
  const { agent, page } = await conversation();
  for (let nth = 0; nth < 6; nth += 1) expect((await watch(agent, `${page}/events`)).status).toBe(200);
  const refused = await agent.get(`${page}/events`);
  expect([refused.status, Number(refused.headers['retry-after']) > 0]).toEqual([429, true]);
  open.pop()?.hangUp();
  await expect.poll(async () => (await watch(agent, `${page}/events`)).status, SOON).toBe(200);
});

test('when the process ends its streams close without the final event', async () => {
  const { email, page } = await conversation();
  const other = await site.another();
  const elsewhere = other.agent();
  await login(elsewhere, email, PASSWORD);
  const stream = await watch(elsewhere, `${page}/events`);
  other.container.features.conversations.streams.close();

  await expect.poll(() => stream.ended, SOON).toBe(true);
  expect(stream.text).not.toContain('event: end');
  expect((await elsewhere.get(`${page}/events`)).status).toBe(503);
  await other.close();
});

test('one query every two seconds covers all viewers, and there is none without viewers', async () => {
  vi.useFakeTimers();
  const asked: string[][] = [];
  const streams = createConversationStreams({
    streamLimit: createStreamLimit(),
    tenantsOfSessions: async (keys) => new Map(keys.map((key) => [key, 't'])),
    async versions(watched: Watched[]) {
      asked.push(watched.map(({ id }) => id));
      return new Map(watched.map(({ id }) => [id, 'v1']));
    },
    inboxVersions: async () => new Map([['t', 'v1']]),
  });
  const listener = { changed() {}, heartbeat() {}, end() {}, renew() {} };
  const stops = ['a', 'b', 'c'].map((id) =>
    streams.watch({ userId: id, sessionKey: id }, { tenantId: 't', botId: 'b', id }, listener),
  );
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked.slice(3)).toEqual(Array(5).fill(['a', 'b', 'c']));
  for (const stop of stops) stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveLength(8);
  vi.useRealTimers();
});
