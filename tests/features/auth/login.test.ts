import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, csrfOf, login, PASSWORD, postForm, register, type TestApp, testApp } from '../../support/app.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

const isSignedIn = async (agent: Agent): Promise<boolean> => (await agent.get('/account')).status === 200;
const sessionCookie = (headers: Record<string, unknown>): string | undefined =>
  (headers['set-cookie'] as string[] | undefined)?.find((line) => line.startsWith('bf.sid='));

/** Parts that differ between equal pages. */
const plain = (html: string): string => html.replace(/value="[^"]*"/g, '');

test('either name signs in, in any case', async () => {
  const { username, email } = await register(site.agent(), { username: 'Botir', email: 'Botir@example.com' });
  for (const name of [username, email, 'bOTIR', ' botir@EXAMPLE.com ']) {
    const agent = site.agent();
    expect((await login(agent, name, PASSWORD)).headers.location).toBe('/dashboard');
    expect(await isSignedIn(agent)).toBe(true);
  }
});

test('a wrong password, an unknown name and a suspended user with a wrong password get the same answer', async () => {
  const known = await register(site.agent());
  const suspended = await register(site.agent());
  await site.sql.query('UPDATE users SET suspended_at = now() WHERE email = $1', [suspended.email]);

  const answers = await Promise.all([
    login(site.agent(), known.email, 'not the password'),
    login(site.agent(), 'nobody@example.com', 'not the password'),
    login(site.agent(), 'nobody', 'x'.repeat(300)),
    login(site.agent(), suspended.email, `${PASSWORD}!`),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([422, 422, 422, 422]);
  expect(new Set([answers[0], answers[1], answers[3]].map((answer) => plain(answer?.text ?? ''))).size).toBe(1);
});

test('an unknown name costs a hash like a known one', async () => {
  const { passwords } = site.container.features.auth.api;
  const asker = { known: false, key: '192.0.2.1' };
  const compared = await Promise.all([
    passwords.matches('anything', null, asker),
    passwords.matches('anything', await passwords.hash('anything', asker), asker),
  ]);
  expect(compared).toEqual([false, true]);
});

test.each([
  ['no password', { login: 'somebody' }],
  ['no name', { login: ' ', password: 'x' }],
  ['two names', { login: ['a', 'b'] as never, password: 'x' }],
])('%s comes back as a form', async (_what, fields) => {
  expect((await postForm(site.agent(), '/login', fields)).status).toBe(422);
});

test('sign-in creates a new session id, and a planted one is worthless', async () => {
  const person = await register(site.agent());
  const agent = site.agent();
  const planted = 'bf.sid=s%3Aplanted.AAAA';
  const page = await agent.get('/login').set('Cookie', planted);
  expect(sessionCookie(page.headers)).toBeUndefined();

  const signedIn = await login(agent, person.username, PASSWORD);
  const first = sessionCookie(signedIn.headers);
  expect(first).toMatch(/^bf\.sid=.+; Path=\/; Expires=.+; HttpOnly; SameSite=Lax$/);

  const again = await login(agent, person.username, PASSWORD);
  expect(sessionCookie(again.headers)?.split(';')[0]).not.toBe(first?.split(';')[0]);
  const stale = await site
    .agent()
    .get('/account')
    .set('Cookie', first?.split(';')[0] as string);
  expect(stale.status).toBe(303);
});

test('logout deletes the session in the database, so a copied cookie is worthless', async () => {
  const agent = site.agent();
  await register(agent);
  const cookie = sessionCookie((await agent.get('/account')).headers)?.split(';')[0] as string;
  expect((await site.agent().get('/account').set('Cookie', cookie)).status).toBe(200);

  expect((await postForm(agent, '/logout', {}, '/account')).headers.location).toBe('/');
  expect((await site.agent().get('/account').set('Cookie', cookie)).status).toBe(303);
});

test('the table holds the hash of the session id, not the cookie', async () => {
  const agent = site.agent();
  await register(agent);
  const cookie = decodeURIComponent(sessionCookie((await agent.get('/account')).headers) ?? '');
  const id = /s:([^.]+)\./.exec(cookie)?.[1] ?? '';
  const { rows } = await site.sql.query<{ all: string }>(
    "SELECT string_agg(row_to_json(s)::text, E'\\n') AS all FROM sessions s",
  );
  expect(id).not.toBe('');
  expect(rows[0]?.all).not.toContain(id);
});

test.each([
  ['/bots/new?x=1', '/bots/new?x=1'],
  ['//evil.example', '/dashboard'],
  ['/\\evil.example', '/dashboard'],
  ['https://evil.example/', '/dashboard'],
  ['/\t/evil.example', '/dashboard'],
  ['javascript:alert(1)', '/dashboard'],
])('after sign-in returnTo %j leads to %s', async (returnTo, place) => {
  const { username } = await register(site.agent());
  const response = await postForm(site.agent(), '/login', { login: username, password: PASSWORD, returnTo });
  expect([response.status, response.headers.location]).toEqual([303, place]);
});

test('a member page sends visitors to the login form, which leads back to it', async () => {
  const agent = site.agent();
  const { username } = await register(site.agent());
  const refused = await agent.get('/account?tab=2');
  expect([refused.status, refused.headers.location]).toEqual([303, '/login?returnTo=%2Faccount%3Ftab%3D2']);

  const form = await agent.get(refused.headers.location as string);
  const hidden = /name="returnTo" value="(\/account[^"]*)"/.exec(form.text)?.[1] ?? '';
  const fields = { login: username, password: PASSWORD, returnTo: hidden.replace('&amp;', '&'), _csrf: csrfOf(form.text) };
  expect((await agent.post('/login').type('form').send(fields)).headers.location).toBe('/account?tab=2');
});

test('a script without a session gets 401', async () => {
  const response = await site.agent().get('/account').set('Accept', 'application/json');
  expect([response.status, Object.keys(response.body)]).toEqual([401, ['error']]);
});

test('suspending the user or the business ends open sessions', async () => {
  const agents = [site.agent(), site.agent()] as const;
  const [one, two] = [await register(agents[0]), await register(agents[1])];
  await site.sql.query('UPDATE users SET suspended_at = now() WHERE email = $1', [one.email]);
  await site.sql.query('UPDATE tenants SET suspended_at = now() WHERE name = $1', [two.username]);
  expect([await isSignedIn(agents[0]), await isSignedIn(agents[1])]).toEqual([false, false]);
});
