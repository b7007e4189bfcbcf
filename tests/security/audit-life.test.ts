// S12 (a leaving tenant's data), S65 (no trace of abuse), S70: the activity log counts refusals, ends, and keeps admins apart.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { twoTenants, type World } from './two-tenants.ts';

let world: World;
beforeAll(async () => {
  world = await twoTenants();
});
afterAll(() => world.close());

const lines = async (action: string) =>
  (
    await world.sql.query<{ details: Record<string, number> }>('SELECT details FROM audit_lines WHERE action = $1 ORDER BY id', [
      action,
    ])
  ).rows;

test('forged forms and too many tries leave one line a minute and kind, however many they are', async () => {
  const owner = await world.owner();
  for (let i = 0; i < 30; i++) await owner.form('/logout', { _csrf: 'forged' });
  const visitor = world.visitor();
  const _csrf = await visitor.token();
  for (let i = 0; i < 14; i++) await visitor.form('/login', { _csrf, login: 'somebody', password: 'wrong guess' });
  await world.site.container.refusedRequests.flush();
  expect((await lines('requests.refused')).map(({ details }) => details)).toEqual([
    { status: 403, count: 30, addresses: 1 },
    { status: 429, count: 4, addresses: 1 },
  ]);
  const admin = await world.admin();
  expect((await admin.get('/admin/audit')).text).toContain('Refused requests: 30 within a minute (status 403, addresses: 1)');
});

test('lines end after two years, and 30 days after their business is gone', async () => {
  const kept = (await world.owner()).things.tenantId;
  const gone = '01890000-0000-7000-8000-00000000000a';
  const leaving = '01890000-0000-7000-8000-00000000000b';
  await world.sql.query(
    `INSERT INTO audit_lines (tenant_id, actor_kind, action, details, created_at) VALUES
       ($1, 'owner', 'bot.created', '{"name": "kept"}', now() - interval '23 months'),
       ($1, 'owner', 'bot.created', '{"name": "too old"}', now() - interval '25 months'),
       ($2, 'owner', 'bot.created', '{"name": "gone"}', now() - interval '90 days'),
       ($2, 'owner', 'account.deleted', '{"name": "gone"}', now() - interval '31 days'),
       ($3, 'owner', 'bot.created', '{"name": "leaving"}', now() - interval '90 days'),
       ($3, 'owner', 'account.deleted', '{"name": "leaving"}', now() - interval '29 days')`,
    [kept, gone, leaving],
  );
  await world.site.container.jobs.hourly();
  const { rows } = await world.sql.query<{ name: string }>(
    "SELECT details->>'name' AS name FROM audit_lines WHERE details->>'name' IN ('kept', 'too old', 'gone', 'leaving') ORDER BY id",
  );
  expect(rows.map(({ name }) => name)).toEqual(['kept', 'leaving', 'leaving']);
});

test("a business's copies say what an admin did, and neither who nor from where", async () => {
  const owner = await world.owner();
  const admin = await world.admin();
  const _csrf = await admin.token();
  for (const act of ['suspend', 'restore'])
    await admin.form(`/admin/users/${owner.things.userId}/${act}`, { _csrf }, { 'x-forwarded-for': '198.51.100.77' });
  const { rows } = await world.sql.query<{ actor_id: string; ip: string; username: string }>(
    "SELECT actor_id, ip, username FROM audit_lines a JOIN users u ON u.id = a.actor_id WHERE action = 'user.suspended' ORDER BY a.id DESC LIMIT 1",
  );
  const [by] = rows;
  await owner.submit('/login', { login: owner.username, password: 'seven blue cranes at dusk' });
  for (const path of ['/account/audit/export', '/account/export']) {
    const copy = await owner.submit(path, {});
    expect([path, copy.status]).toEqual([path, 200]);
    if (path === '/account/audit/export') expect(copy.text).toContain('user.suspended');
    for (const secret of [by?.actor_id, by?.username, '198.51.100.77']) expect(copy.text).not.toContain(secret);
  }
  expect((await admin.submit('/admin/audit/export', {})).text).toContain('198.51.100.77');
});

test('S35: TRACE is answered 405', async () => {
  for (const path of ['/', '/login', '/bots']) {
    const answer = await world.visitor().send('TRACE', path, {});
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'GET, HEAD, POST']);
  }
});
