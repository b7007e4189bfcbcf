import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDeletionsRepo } from '../../../src/pipeline/deletions.repo.ts';
import { postForm, type TestApp, testApp } from '../../support/app.ts';
import { addMessage, below } from '../../support/factories.ts';
import { newOwner, newShop } from '../../support/owner.ts';

const PAGE = '/account/telegram';
let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

const linkOwnerOf = (tenantId: string) =>
  site.sql.query(
    `INSERT INTO desk_links (id, tenant_id, user_id, connection_id, account_id, chat_id, name, created_at)
     SELECT gen_random_uuid(), m.tenant_id, m.user_id, c.id, c.account_id, '9001', 'Aziz <b>', '2031-05-01'
     FROM memberships m JOIN connections c ON c.tenant_id = m.tenant_id WHERE m.tenant_id = $1`,
    [tenantId],
  );

test('without a Telegram bot the page says what is missing', async () => {
  const { agent } = await newOwner(site, { language: 'en' });
  const page = await agent.get(PAGE);
  expect(page.text).toContain('No Telegram bot yet');
  expect(page.text).not.toContain('?start=desk-');
  expect((await postForm(agent, PAGE, {}, PAGE)).status).toBe(404);
});

test('the link stays until it is renewed, and no table holds its code', async () => {
  const { agent } = await newShop(site);
  const codeOn = async (): Promise<string> => /start=(desk-[\w-]{43})</.exec((await agent.get(PAGE)).text)?.[1] ?? 'none';
  const first = await codeOn();
  expect(await codeOn()).toBe(first);
  expect((await postForm(agent, PAGE, {}, PAGE)).status).toBe(303);
  const second = await codeOn();
  expect(second).not.toBe(first);
  const { rows } = await site.sql.query("SELECT 1 FROM desk_codes d WHERE d::text LIKE '%' || $1 || '%'", [second.slice(5)]);
  expect([second.length, rows]).toEqual([48, []]);
});

test('a linked member sees the chat, and what comes there can be changed', async () => {
  const { agent, tenantId } = await newShop(site);
  await linkOwnerOf(tenantId);
  expect((await agent.get(PAGE)).text).toContain('Aziz &lt;b&gt;');
  const wrong = await postForm(agent, `${PAGE}/settings`, { quietFrom: '22', quietUntil: '' }, PAGE);
  expect([wrong.status, wrong.text.includes('Choose both hours, or none')]).toEqual([422, true]);
  const saved = await postForm(agent, `${PAGE}/settings`, { onlyHandoffs: '1', quietFrom: '22', quietUntil: '7' }, PAGE);
  expect(saved.status).toBe(303);
  const { rows } = await site.sql.query('SELECT only_handoffs, quiet_from, quiet_until FROM desk_links WHERE tenant_id = $1', [
    tenantId,
  ]);
  expect(rows).toEqual([{ only_handoffs: true, quiet_from: 22, quiet_until: 7 }]);

  await site.sql.query("UPDATE connections SET state = 'FAILED' WHERE tenant_id = $1", [tenantId]);
  expect((await agent.get(PAGE)).text).toContain('The bot of this chat is not running');
  expect((await postForm(agent, `${PAGE}/unlink`, {}, PAGE)).status).toBe(303);
  expect((await agent.get(PAGE)).text).not.toContain('Aziz');
});

test('the digest is made once, after 20:00 of the business, of a day on which something happened', async () => {
  const { tenantId, ...shop } = await newShop(site);
  const quiet = await newShop(site);
  for (const id of [tenantId, quiet.tenantId]) await linkOwnerOf(id);
  // Tashkent is five hours before UTC.
  const at = (hour: number) => new Date(Date.UTC(2031, 4, 5, hour, 1));
  const chat = await below({ tenantId, ...shop })
    .withCustomer({ why: 'no_answer' })
    .in(site);
  await addMessage(site, chat, { direction: 'in', text: 'Hello', at: at(9) });
  await addMessage(site, chat, { direction: 'out', text: 'Hi', mode: 'ai', at: at(9) });
  const { desk } = site.container.features;
  const digests = async () =>
    (await site.sql.query<{ content: { params: object } }>("SELECT content FROM desk_messages WHERE kind = 'digest'")).rows;

  await desk.jobs.everyMinute(at(14));
  expect(await digests()).toEqual([]);
  for (const hour of [15, 16]) await desk.jobs.everyMinute(at(hour));
  expect((await digests()).map(({ content }) => content.params)).toEqual([
    { conversations: 1, byAi: 1, handedOff: 0, waiting: 1, top: '' },
  ]);
});

test('words that a customer withdraws are not kept for the desk', async () => {
  const shop = await newShop(site);
  await linkOwnerOf(shop.tenantId);
  const chat = await below(shop).withCustomer().in(site);
  const id = await addMessage(site, chat, { direction: 'in', text: 'My secret' });
  await site.sql.query("UPDATE messages SET external_id = 'withdrawn' WHERE id = $1", [id]);
  await site.sql.query(
    `INSERT INTO desk_messages (id, tenant_id, link_id, kind, conversation_id, message_id, dedupe_key, content, state, shown)
     SELECT gen_random_uuid(), tenant_id, id, 'card', $2, $3, 'k', '{"why": "asked", "question": "My secret"}', 'sent', 'v'
     FROM desk_links WHERE tenant_id = $1`,
    [shop.tenantId, chat.conversationId, id],
  );
  await createDeletionsRepo({ database: site.container.database })(shop.connectionId, ['withdrawn']);
  const { rows } = await site.sql.query('SELECT content, shown FROM desk_messages WHERE message_id = $1', [id]);
  expect(rows).toEqual([{ content: { why: 'asked' }, shown: null }]);
});
