import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, login, PASSWORD, postForm, register, type TestApp, testApp } from '../../support/app.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

const NEW_PASSWORD = 'quiet river under snow';
const post = (agent: Agent, path: string, fields: Record<string, string>) => postForm(agent, path, fields, '/account');

async function twoDevices() {
  const [here, there] = [site.agent(), site.agent()];
  const person = await register(here);
  await login(there, person.username, PASSWORD);
  return { here, there, person };
}

test('names and language are changed, and the next page is in the new language', async () => {
  const agent = site.agent();
  await register(agent, { username: 'nodir', email: 'nodir@example.com' });
  const done = await post(agent, '/account', { username: 'Nodir.B', email: 'nodir@example.com', language: 'ru' });
  expect([done.status, done.headers.location]).toEqual([303, '/account']);

  const page = await agent.get('/account');
  expect(page.text).toContain('<html lang="ru"');
  expect(page.text).toContain('Данные аккаунта сохранены');
  expect(page.text).toContain('value="Nodir.B"');
  expect((await agent.get('/account')).text).not.toContain('Данные аккаунта сохранены');
});

test.each([
  ['a bad e-mail', { email: 'nope' }],
  ['a bad username', { username: '<b>' }],
  ['a language we do not speak', { language: 'fr' }],
  ['an unknown field', { isAdmin: 'true' }],
])('%s is refused with the input kept', async (_what, fields) => {
  const agent = site.agent();
  const { username, email } = await register(agent);
  const response = await post(agent, '/account', { username, email, language: 'uz', ...fields });
  expect(response.status).toBe(422);
  expect(response.text).toContain('error-summary');
});

test('S29 (hijacked session): long after sign-in a new e-mail needs the password, a new name does not', async () => {
  const agent = site.agent();
  const { username, email } = await register(agent);
  await site.sql.query("UPDATE sessions SET data = jsonb_set(data::jsonb, '{signedInMs}', '0')::json");
  const other = { username, email: `new.${email}`, language: 'en' };
  const wanted = await post(agent, '/account', other);
  const wrong = await post(agent, '/account', { ...other, currentPassword: 'a wrong password' });

  expect([wanted.status, wrong.status]).toEqual([422, 422]);
  expect(wanted.text).toContain('href="#currentPassword"');
  expect((await post(agent, '/account', { username: `${username}x`, email, language: 'en' })).status).toBe(303);
  expect((await post(agent, '/account', { ...other, currentPassword: PASSWORD })).status).toBe(303);
  expect((await site.mails()).some(({ to }) => to === `new.${email}`)).toBe(true);
});

test('a taken name is refused', async () => {
  const other = await register(site.agent());
  const agent = site.agent();
  const { email } = await register(agent);
  const response = await post(agent, '/account', { username: other.username.toUpperCase(), email, language: 'uz' });
  expect(response.status).toBe(422);
  expect([...response.text.matchAll(/field__error/g)]).toHaveLength(1);
});

test('a new password ends every other session and replaces the old password', async () => {
  const { here, there, person } = await twoDevices();
  const done = await post(here, '/account/password', { currentPassword: PASSWORD, password: NEW_PASSWORD });

  expect(done.status).toBe(303);
  expect((await here.get('/account')).status).toBe(200);
  expect((await there.get('/account')).status).toBe(303);
  expect((await login(site.agent(), person.username, PASSWORD)).status).toBe(422);
  expect((await login(site.agent(), person.username, NEW_PASSWORD)).status).toBe(303);
});

test.each([
  ['a wrong current password', { currentPassword: 'not this one', password: NEW_PASSWORD }],
  ['a weak new password', { currentPassword: PASSWORD, password: '12345678' }],
  ['a short new password', { currentPassword: PASSWORD, password: 'abc' }],
])('%s changes nothing', async (_what, fields) => {
  const { here, there } = await twoDevices();
  const response = await post(here, '/account/password', fields);
  expect(response.status).toBe(422);
  expect(response.text).not.toContain(fields.currentPassword);
  expect((await there.get('/account')).status).toBe(200);
});

test('the current password cannot be guessed from an open session', async () => {
  const agent = site.agent();
  await register(agent);
  const statuses = [];
  for (let i = 0; i < 12; i++) {
    statuses.push((await post(agent, '/account/password', { currentPassword: `guess ${i}`, password: NEW_PASSWORD })).status);
  }
  expect(statuses.slice(0, 10)).toEqual(Array(10).fill(422));
  expect(statuses.slice(10)).toEqual([429, 429]);
});

test('sessions are listed and ended one by one, or all others at once', async () => {
  const { here, there, person } = await twoDevices();
  const page = await here.get('/account');
  const ends = [...page.text.matchAll(/action="(\/account\/sessions\/[0-9a-f]+\/end)"/g)].map(([, path]) => path as string);
  expect(ends).toHaveLength(1);
  expect((await post(here, ends[0] as string, {})).status).toBe(303);
  expect((await there.get('/account')).status).toBe(303);

  await login(there, person.username, PASSWORD);
  expect((await post(here, '/account/sessions/end-others', {})).status).toBe(303);
  expect((await there.get('/account')).status).toBe(303);
  expect((await here.get('/account')).status).toBe(200);
});

test.each([
  [
    'Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
    'Chrome, Android',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 YaBrowser/25.8 Safari/537.36',
    'Yandex, Windows',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1 Version/18.5 Mobile/15E148 Safari/604.1',
    'Safari, iOS',
  ],
  ['curl/8', 'Nomaʼlum brauzer'],
])('the browser %s is listed as %s, with its address', async (userAgent, name) => {
  const agent = site.agent('198.51.100.9').set('User-Agent', userAgent) as Agent;
  await register(agent);
  const page = await agent.get('/account');
  expect(page.text).toContain(name);
  expect(page.text).toContain('198.51.100.9');
});

test("another person's session cannot be ended", async () => {
  const victim = site.agent();
  const { username } = await register(victim);
  const { rows } = await site.sql.query<{ id_hash: string }>(
    'SELECT id_hash FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.username = $1',
    [username],
  );
  const agent = site.agent();
  await register(agent);
  expect((await post(agent, `/account/sessions/${rows[0]?.id_hash}/end`, {})).status).toBe(404);
  expect((await victim.get('/account')).status).toBe(200);
});

test('deleting the account needs the password and deletes everything', async () => {
  const agent = site.agent();
  const { username } = await register(agent);
  const { rows } = await site.sql.query<{ id: string }>('SELECT id FROM tenants WHERE name = $1', [username]);
  const tenantId = rows[0]?.id;
  await site.sql.query("INSERT INTO bots (id, tenant_id, name, system_prompt, updated_at) VALUES ($1, $1, 'B', 'P', now())", [
    tenantId,
  ]);

  expect((await post(agent, '/account/delete', { password: 'not this one' })).status).toBe(422);
  expect((await post(agent, '/account/delete', { password: PASSWORD })).headers.location).toBe('/');
  expect((await agent.get('/account')).status).toBe(303);
  expect((await login(site.agent(), username, PASSWORD)).status).toBe(422);
  const { rows: left } = await site.sql.query(
    `SELECT (SELECT count(*)::int FROM tenants WHERE id = $1) + (SELECT count(*)::int FROM bots WHERE tenant_id = $1)
          + (SELECT count(*)::int FROM subscriptions WHERE tenant_id = $1) + (SELECT count(*)::int FROM users WHERE username = $2) AS n`,
    [tenantId, username],
  );
  expect(left).toEqual([{ n: 0 }]);
});

test('of two admins who delete their accounts at once one remains', async () => {
  for (let round = 0; round < 5; round++) {
    const agents = [site.agent(), site.agent()] as const;
    const people = [await register(agents[0]), await register(agents[1])];
    await site.sql.query('UPDATE users SET is_admin = username = ANY($1)', [people.map(({ username }) => username)]);
    const answers = await Promise.all(agents.map((agent) => post(agent, '/account/delete', { password: PASSWORD })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 422]);
  }
});
