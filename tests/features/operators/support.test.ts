// Admins read a business's conversations only while its owner grants access.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { twoTenants, type World } from '../../security/two-tenants.ts';

let world: World;
beforeAll(async () => {
  world = await twoTenants();
});
afterAll(() => world.close());

async function cast() {
  const [owner, admin] = [await world.owner(), await world.admin()];
  await world.sql.query('DELETE FROM support_grants');
  const list = `/admin/users/${owner.things.userId}/conversations`;
  return { owner, admin, list, one: `${list}/${owner.things.conversationId}` };
}
const looksOf = async (tenantId: string) =>
  (
    await world.sql.query(
      "SELECT target_id AS target FROM audit_lines WHERE tenant_id = $1 AND action = 'support.viewed' ORDER BY id",
      [tenantId],
    )
  ).rows;
const plain = (text: string): string => text.replace(/value="[^"]*"/g, '').replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID');

test('without a grant the pages are 404, and no view is logged', async () => {
  const { owner, admin, list, one } = await cast();
  await admin.get('/dashboard');
  const nothing = await admin.get('/admin/users/01890000-0000-7000-8000-000000000000/conversations');
  for (const path of [list, one]) {
    const answer = await admin.get(path);
    expect([answer.status, plain(answer.text)]).toEqual([404, plain(nothing.text)]);
  }
  expect(await looksOf(owner.things.tenantId)).toEqual([]);
});

test('with a grant an admin reads, each view is logged and shown to the owner, and a revocation applies at once', async () => {
  const { owner, admin, list, one } = await cast();
  expect((await owner.submit('/account/support', { hours: '24' })).status).toBe(303);
  expect((await admin.get(list)).text).toContain(`href="${one}"`);
  const page = await admin.get(one);
  expect(page.text).toContain('Hello');
  expect(page.text.split('<main')[1]).not.toContain('<form');
  expect((await looksOf(owner.things.tenantId)).map(({ target }) => target)).toEqual([null, owner.things.conversationId]);
  const seen = (await owner.get('/account/support')).text;
  expect(seen).toContain(`/bots/${owner.things.bot}/conversations/${owner.things.conversationId}`);

  await owner.submit('/account/support/end', {});
  expect((await admin.get(one)).status).toBe(404);
  const { rows } = await world.sql.query(
    "SELECT action FROM audit_lines WHERE tenant_id = $1 AND action LIKE 'support.%' AND actor_kind = 'owner' ORDER BY id",
    [owner.things.tenantId],
  );
  expect(rows).toEqual([{ action: 'support.granted' }, { action: 'support.ended' }]);
});

test('all conversations are read in pages, and each page is logged as a view', async () => {
  const { owner, admin, list } = await cast();
  await owner.submit('/account/support', { hours: '1' });
  await world.sql.query(
    `INSERT INTO conversations (id, tenant_id, bot_id, connection_id, chat_id, last_message_at)
     SELECT gen_random_uuid(), tenant_id, bot_id, connection_id, 'many' || n, now() - n * interval '1 minute'
     FROM conversations, generate_series(1, 65) n WHERE id = $1`,
    [owner.things.conversationId],
  );
  const seen: string[] = [];
  const pages: string[] = [];
  for (let path: string | undefined = list; path; path = /rel="next" href="([^"]+)"/.exec(pages.at(-1) ?? '')?.[1]) {
    const { text } = await admin.get(path);
    pages.push(text);
    seen.push(...[...text.matchAll(/conversations\/([0-9a-f-]{36})"/g)].map(([, id]) => id as string));
  }

  expect([pages.length, seen.length, new Set(seen).size]).toEqual([3, 66, 66]);
  expect(pages.map((text) => text.includes(`rel="prev" href="${list}"`))).toEqual([false, true, true]);
  expect(await looksOf(owner.things.tenantId)).toHaveLength(3);
  expect((await admin.get(`${list}?after=nonsense`)).text).toContain(owner.things.conversationId);
});

test('a grant expires, is for this business only, and has one of the offered lengths', async () => {
  const { owner, admin, list } = await cast();
  const other = await world.owner();
  await world.sql.query('DELETE FROM support_grants');
  expect((await owner.submit('/account/support', { hours: '1000' })).status).toBe(422);
  await owner.submit('/account/support', { hours: '1' });
  expect((await admin.get(`${list}/${other.things.conversationId}`)).status).toBe(404);
  expect((await admin.get(`/admin/users/${other.things.userId}/conversations`)).status).toBe(404);
  const { support } = world.site.container.features.operators.api;
  expect(await support.find(owner.things.tenantId, new Date(Date.now() + 3_599_000))).not.toBeNull();
  expect(await support.find(owner.things.tenantId, new Date(Date.now() + 3_601_000))).toBeNull();
});

test('an owner sees and exports the activity log of the own business only, by words and days', async () => {
  const { owner } = await cast();
  const other = await world.owner();
  await other.submit(`/bots/${other.things.bot}`, { name: 'Elsewhere', systemPrompt: 'x' });
  await owner.submit(`/bots/${owner.things.bot}`, { name: 'Mine', systemPrompt: 'x' });
  const page = (await owner.get('/account/audit')).text;
  expect(page).toContain('bot.changed');
  expect(page).not.toContain(other.username);
  expect((await owner.get('/account/audit?q=no.such')).text).not.toContain('bot.changed');
  expect((await owner.get('/account/audit?until=2001-01-01')).text).not.toContain('bot.changed');
  const csv = await owner.submit('/account/audit/export', { q: 'bot.changed' });
  expect(csv.headers['content-type']).toContain('text/csv');
  expect(csv.text.trim().split('\r\n')).toHaveLength(2);
  const operator = await world.operatorOf(owner.things);
  expect((await operator.get('/account/audit')).status).toBe(403);
});
