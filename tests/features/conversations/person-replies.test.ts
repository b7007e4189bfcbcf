import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '../../../src/platform/crypto/ids.ts';
import { type Agent, postForm, type TestApp, testApp } from '../../support/app.ts';
import { addMessage, below } from '../../support/factories.ts';
import { makeBot, newOwner, newShop } from '../../support/owner.ts';
import { claimWork, pipeline } from '../../support/pipeline.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());
beforeEach(() => site.sql.query('DELETE FROM conversation_work'));

/** A customer who asked for a person an hour ago; the owner reads English. */
async function conversation(platform: 'telegram' | 'instagram' | 'whatsapp' = 'telegram') {
  const shop = await newShop(site, { connection: { platform } });
  const { conversationId: id } = await below(shop).withCustomer({ why: 'asked' }).in(site);
  return { ...shop, id, path: `${shop.bot}/conversations/${id}` };
}
const customerWrote = (tenantId: string, id: string, hoursAgo: number, status = 'answered') =>
  addMessage(
    site,
    { tenantId, conversationId: id },
    { direction: 'in', text: 'Hi', status, at: new Date(Date.now() - hoursAgo * 3_600_000) },
  );

const ours = async (id: string) =>
  (
    await site.sql.query<{ id: number; text: string; status: string; mode: string; reason: string | null }>(
      "SELECT id, text, status, mode, reason FROM messages WHERE conversation_id = $1 AND direction = 'out' ORDER BY id",
      [id],
    )
  ).rows;
const stateOf = async (id: string) =>
  (
    await site.sql.query<{ silent: boolean; why: string | null }>(
      'SELECT coalesce(silenced_until > now(), false) AS silent, needs_person_why AS why FROM conversations WHERE id = $1',
      [id],
    )
  ).rows[0];
const audit = async (id: string) =>
  (await site.sql.query<{ action: string }>('SELECT action FROM audit_lines WHERE target_id = $1 ORDER BY id', [id])).rows.map(
    ({ action }) => action,
  );
const send = (agent: Agent, path: string, fields: Record<string, string>) => postForm(agent, `${path}/messages`, fields, path);

test('a staff reply is stored, takes the conversation over, and clears the request for a person', async () => {
  const { agent, id, path } = await conversation();
  const done = await send(agent, path, { text: ' Hello,\r\nwe are open. ' });
  expect([done.status, done.headers['location']]).toEqual([303, `${path}#reply`]);
  expect(await ours(id)).toMatchObject([{ text: 'Hello,\nwe are open.', status: 'pending', mode: 'person' }]);
  expect(await stateOf(id)).toEqual({ silent: true, why: null });
  expect(await claimWork(site)).toHaveLength(1);
  expect(await audit(id)).toEqual(['conversation.replied']);
  const { text } = await agent.get(path);
  expect(text).toContain('we are open.');
  expect(text).toContain('A person answers here; the bot is silent until');
  expect((await agent.get('/conversations?taken=1')).text).toContain(path);
});

test.each([
  ['', 'Write a message first.'],
  [' \0 ', 'Write a message first.'],
  ['x'.repeat(4_001), 'longer than 4,000 characters'],
])('%j is refused with the reason, and nothing is stored', async (words, reason) => {
  const { agent, id, path } = await conversation();
  const refused = await send(agent, path, { text: words });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain(reason);
  expect(await ours(id)).toEqual([]);
});

test('a field the form does not have is refused', async () => {
  const { agent, id, path } = await conversation();
  expect((await send(agent, path, { text: 'Hi', mode: 'ai' })).status).toBe(422);
  expect((await send(agent, path, { text: 'Hi', draft: 'x' })).status).toBe(422);
  expect(await ours(id)).toEqual([]);
});

test('one form sent twice or ten times at once is one message; another text is another', async () => {
  const { agent, id, path } = await conversation();
  const draft = /name="draft" value="([^"]+)"/.exec((await agent.get(path)).text)?.[1] as string;
  const answers = await Promise.all(Array.from({ length: 10 }, () => send(agent, path, { text: 'Once', draft })));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 303));
  expect(await ours(id)).toHaveLength(1);
  expect(await audit(id)).toEqual(['conversation.replied']);
  await send(agent, path, { text: 'And this', draft });
  expect((await ours(id)).map(({ text }) => text)).toEqual(['Once', 'And this']);
});

test.each([
  'whatsapp',
  'instagram',
] as const)('on %s, a day after the customer wrote, the form shows the reason', async (platform) => {
  const { agent, tenantId, id, path } = await conversation(platform);
  await customerWrote(tenantId, id, 25);
  const refused = await send(agent, path, { text: 'Too late <b>' });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('allows messages only for 24 hours');
  expect(refused.text).toContain('Too late &lt;b&gt;');
  expect(await ours(id)).toEqual([]);
  expect((await agent.get(path)).text).not.toContain('id="text"');

  await customerWrote(tenantId, id, 23);
  expect((await send(agent, path, { text: 'In time' })).status).toBe(303);
});

test('a stopped connection sends nothing', async () => {
  const { agent, connectionId, id, path } = await conversation();
  await site.sql.query('UPDATE connections SET enabled = false WHERE id = $1', [connectionId]);
  const refused = await send(agent, path, { text: 'Hello' });
  expect([refused.status, refused.text.includes('The connection is stopped')]).toEqual([422, true]);
  expect(await ours(id)).toEqual([]);
});

test.each(['messages', 'retry', 'take-over', 'resume-bot'])("%s in another tenant's conversation is 404", async (act) => {
  const mine = await conversation();
  const { agent } = await newOwner(site);
  expect((await postForm(agent, `${mine.path}/${act}`, { text: 'Hi' }, '/bots')).status).toBe(404);
  const sibling = await makeBot(mine.agent);
  const path = `${sibling}/conversations/${mine.id}/${act}`;
  expect((await postForm(mine.agent, path, { text: 'Hi' }, '/bots')).status).toBe(404);
  expect((await postForm(site.agent(), `${mine.path}/${act}`, { text: 'Hi' }, '/login')).headers['location']).toMatch(/^\/login/);
  expect([await ours(mine.id), await stateOf(mine.id)]).toEqual([[], { silent: false, why: 'asked' }]);
});

test('an operator may reply, a suspended one may not', async () => {
  const { agent, tenantId, id, path } = await conversation();
  await site.sql.query("UPDATE memberships SET role = 'operator' WHERE tenant_id = $1", [tenantId]);
  expect((await send(agent, path, { text: 'From an operator' })).status).toBe(303);
  const { text } = await agent.get(path);
  const _csrf = /name="_csrf" value="([^"]+)"/.exec(text)?.[1] as string;
  await site.sql.query('UPDATE tenants SET suspended_at = now() WHERE id = $1', [tenantId]);
  const refused = await agent.post(`${path}/messages`).type('form').send({ text: 'No', _csrf });
  expect(refused.headers['location']).not.toBe(`${path}#reply`);
  expect(await ours(id)).toHaveLength(1);
});

test('in a taken-over conversation messages wait for a person; handed back, the bot answers them', async () => {
  const { agent, tenantId, connectionId, id, path } = await conversation();
  await site.sql.query('UPDATE conversations SET needs_person_at = NULL, needs_person_why = NULL WHERE id = $1', [id]);
  const asked = await customerWrote(tenantId, id, 0, 'received');
  await site.sql.query('UPDATE messages SET connection_id = $2, external_id = $3 WHERE id = $1', [asked, connectionId, newId()]);
  expect((await postForm(agent, `${path}/take-over`, {}, path)).status).toBe(303);
  expect(await stateOf(id)).toEqual({ silent: true, why: 'wrote' });
  expect((await agent.get(path)).text).toContain('waits for a person');
  expect((await agent.get('/dashboard')).text).toContain(path);

  expect((await postForm(agent, `${path}/resume-bot`, {}, path)).status).toBe(303);
  expect(await stateOf(id)).toEqual({ silent: false, why: null });
  const line = pipeline(site.container.database);
  for (const job of await claimWork(site)) await line.answer(job);
  expect(line.sent.map(({ text }) => text)).toEqual(['AI: Hi']);
  expect(await audit(id)).toEqual(['conversation.taken_over', 'conversation.bot_resumed']);
});

test('a failed message shows its reason and is sent again once, after later messages', async () => {
  const { agent, id, path } = await conversation();
  await send(agent, path, { text: 'First' });
  const line = pipeline(site.container.database);
  line.fails.push({ ok: false, reason: 'blocked_by_customer' });
  for (const job of await claimWork(site)) await line.answer(job);
  await site.sql.query('DELETE FROM conversation_work');
  const [failed] = await ours(id);
  expect(failed).toMatchObject({ status: 'failed', reason: 'blocked_by_customer' });
  const { text } = await agent.get(path);
  expect(text).toContain('Try again');
  await send(agent, path, { text: 'Second' });

  const fields = { messageId: String(failed?.id) };
  const tries = await Promise.all([1, 2, 3].map(() => postForm(agent, `${path}/retry`, fields, path)));
  expect(tries.map(({ status }) => status)).toEqual([303, 303, 303]);
  for (const job of await claimWork(site)) await line.answer(job);
  expect(line.sent.map(({ text }) => text)).toEqual(['Second', 'First']);
  expect((await ours(id)).map(({ text, status }) => [text, status])).toEqual([
    ['Second', 'sent'],
    ['First', 'sent'],
  ]);
  expect(await audit(id)).toEqual(['conversation.replied', 'conversation.replied', 'conversation.reply_retried']);
  for (const messageId of ['', '-1', '1e99', 'x']) {
    expect((await postForm(agent, `${path}/retry`, { messageId }, path)).status).toBe(422);
  }
});

test('too many replies in a minute are refused, and the text stays in the form', async () => {
  const { agent, tenantId, id, path } = await conversation();
  const { rows } = await site.sql.query<{ id: string }>('SELECT user_id AS id FROM memberships WHERE tenant_id = $1', [tenantId]);
  const counter = site.container.limits.limiter('person-reply', { points: 1_000, durationSeconds: 60 });
  for (let nth = 0; nth < 60; nth += 1) await counter.consume(rows[0]?.id as string);
  const refused = await send(agent, path, { text: 'Kept <b>' });

  expect([refused.status, Number(refused.headers['retry-after']) > 0]).toEqual([429, true]);
  expect(refused.text).toContain('You have sent many messages in a short time.');
  expect(refused.text).toMatch(/<textarea[^>]*>\nKept &lt;b&gt;<\/textarea>/);
  const retried = await postForm(agent, `${path}/retry`, { messageId: '1' }, path);
  expect(retried.status).toBe(429);
  expect(await ours(id)).toEqual([]);
});

test('a staff message shows its author, also after another person resent it', async () => {
  const { agent, tenantId, id, path } = await conversation();
  const { agent: colleague, tenantId: theirs } = await newOwner(site);
  await site.sql.query('UPDATE memberships SET tenant_id = $1 WHERE tenant_id = $2', [tenantId, theirs]);
  const names = ['owner<i>', 'colleague'];
  for (const [at, sender] of [agent, colleague].entries()) {
    await site.sql.query(
      `UPDATE users SET username = $2 WHERE id = (SELECT (data->'passport'->>'user')::uuid FROM sessions
         WHERE user_id IN (SELECT user_id FROM memberships WHERE tenant_id = $1) ORDER BY created_at OFFSET $3 LIMIT 1)`,
      [tenantId, names[at], at],
    );
    await send(sender, path, { text: `From ${at}` });
  }
  const writers = async () =>
    [...(await agent.get(path)).text.matchAll(/bubble__text">From (\d)[\s\S]*?a person: ([^<]+)</g)].map(([, at, name]) => [
      at,
      name,
    ]);
  expect(await writers()).toEqual([
    ['0', 'owner&lt;i&gt;'],
    ['1', 'colleague'],
  ]);
  await site.sql.query("UPDATE messages SET status = 'failed' WHERE conversation_id = $1 AND text = 'From 0'", [id]);
  const [failed] = (await ours(id)).filter(({ status }) => status === 'failed');
  await postForm(colleague, `${path}/retry`, { messageId: String(failed?.id) }, path);
  expect(await writers()).toEqual([
    ['1', 'colleague'],
    ['0', 'owner&lt;i&gt;'],
  ]);
});
