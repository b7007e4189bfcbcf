import { afterAll, beforeAll, expect, test } from 'vitest';
import { PASSWORD, postForm, register, type TestApp, testApp } from '../../support/app.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

const count = async (table: 'users' | 'tenants' | 'sessions'): Promise<number> =>
  (await site.sql.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`)).rows[0]?.n ?? 0;

test('a new user owns a business on the free plan and is signed in', async () => {
  const agent = site.agent();
  const { username } = await register(agent, { username: 'Zilola.Q' });

  const { rows } = await site.sql.query(
    `SELECT t.name, m.role, s.type, s.max_bots, s.max_messages_per_month FROM users u JOIN memberships m ON m.user_id = u.id
     JOIN tenants t ON t.id = m.tenant_id JOIN subscriptions s ON s.tenant_id = t.id AND s.active WHERE u.username = $1`,
    [username],
  );
  expect(rows).toEqual([{ name: 'Zilola.Q', role: 'owner', type: 'FREE', max_bots: 1, max_messages_per_month: 100 }]);
  expect((await agent.get('/account')).text).toContain('Zilola.Q');
});

test.each([
  ['a short name', { username: 'ab' }, 'username'],
  ['a name with an @', { username: 'a@b.example' }, 'username'],
  ['no e-mail', { email: 'nobody' }, 'email'],
  ['a short password', { password: 'short77' }, 'password'],
  ['a password of 257 characters', { password: 'äx9'.repeat(90) }, 'password'],
  ['a common password', { password: 'Password123' }, 'password'],
  ['one character again and again', { password: 'abababababab' }, 'password'],
  ['the username as the password', { username: 'gulnora_77', password: 'Gulnora_77!' }, 'password'],
  ['an unknown field', { isAdmin: 'true' }, 'form'],
])('%s comes back with a reason, what was typed, and no password', async (_what, fields, field) => {
  const before = await count('users');
  const valid = { username: 'gulnora', email: 'gulnora@example.com', password: PASSWORD };
  const response = await postForm(site.agent(), '/register', { ...valid, ...fields });

  expect(response.status).toBe(422);
  expect(response.text).toContain(field === 'form' ? 'error-summary' : `href="#${field}"`);
  expect(response.text).toContain({ ...valid, ...fields }.username);
  expect(response.text).not.toContain({ ...valid, ...fields }.password);
  expect(await count('users')).toBe(before);
});

test.each([
  ['username', { username: 'TAKEN-one' }],
  ['e-mail', { email: 'TAKEN-one@Example.com' }],
])('a taken %s creates no second account in any case, and both fields have the same message', async (_what, fields) => {
  await register(site.agent(), { username: 'taken-one', email: 'taken-one@example.com' }).catch(() => {});
  const before = await count('users');
  const fresh = { username: 'somebody-new', email: 'somebody.new@example.com', password: PASSWORD };
  const response = await postForm(site.agent(), '/register', { ...fresh, ...fields });

  expect(response.status).toBe(422);
  expect([...response.text.matchAll(/field__error/g)]).toHaveLength(2);
  expect(await count('users')).toBe(before);
});

test('twenty concurrent requests with one name create one account', async () => {
  const [users, tenants] = [await count('users'), await count('tenants')];
  const fields = { username: 'racer', password: PASSWORD };
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => postForm(site.agent(), '/register', { ...fields, email: `racer${i}@example.com` })),
  );

  expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 422)).toHaveLength(19);
  expect([await count('users'), await count('tenants')]).toEqual([users + 1, tenants + 1]);
});

test('two spellings of a username that look the same are one name', async () => {
  await register(site.agent(), { username: 'ﬁruza' });
  const response = await postForm(site.agent(), '/register', { username: 'FIRUZA', email: 'f2@example.com', password: PASSWORD });
  expect(response.status).toBe(422);
});

test('a signed-in user is redirected to the dashboard', async () => {
  const agent = site.agent();
  expect((await agent.get('/register')).status).toBe(200);
  await register(agent);
  expect((await agent.get('/register')).headers.location).toBe('/dashboard');
  expect((await agent.get('/login')).headers.location).toBe('/dashboard');
});

test('a visitor creates no row in the database', async () => {
  const before = await count('sessions');
  await site.agent().get('/register');
  await postForm(site.agent(), '/login', { login: 'nobody', password: 'nothing at all' });
  expect(await count('sessions')).toBe(before);
});
