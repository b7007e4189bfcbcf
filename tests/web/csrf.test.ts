import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, csrfOf, PASSWORD, register, type TestApp, testApp } from '../support/app.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp({ PUBLIC_URL: 'https://bots.example' });
});
afterAll(() => site.close());

const HOST = 'bots.example';
const tokenOf = async (agent: Agent, page: string): Promise<string> => csrfOf((await agent.get(page)).text);
const logout = (agent: Agent, _csrf: string, headers: Record<string, string> = {}) =>
  agent.post('/logout').set(headers).type('form').send({ _csrf });

async function member(): Promise<Agent> {
  const agent = site.agent();
  await register(agent);
  return agent;
}

test.each([
  '/logout',
  '/login',
  '/register',
  '/language',
  '/account',
  '/account/delete',
  '/bots',
  '/forgot-password',
])('POST %s without a token is 403 and does nothing', async (path) => {
  const agent = await member();
  const response = await agent.post(path).type('form').send({ password: PASSWORD, language: 'ru' });
  expect(response.status).toBe(403);
  expect((await agent.get('/account')).status).toBe(200);
});

test.each([
  '/account',
  '/bots',
  '/dashboard',
  '/admin',
])('POST %s after the session has ended leads to the login page', async (path) => {
  const response = await site.agent().post(path).type('form').send({ _csrf: 'old' });
  expect([response.status, response.headers.location]).toEqual([303, '/login']);
});

test("another person's token is refused", async () => {
  const [one, two] = [await member(), await member()];
  expect((await logout(one, await tokenOf(two, '/account'))).status).toBe(403);
  expect((await logout(one, await tokenOf(one, '/account'))).status).toBe(303);
});

test('the token from before sign-in is worthless afterwards, and the other way round', async () => {
  const agent = site.agent();
  const before = await tokenOf(agent, '/login');
  await register(agent);
  expect((await logout(agent, before)).status).toBe(403);
  const during = await tokenOf(agent, '/account');
  expect((await logout(agent, during)).status).toBe(303);
  expect((await agent.post('/login').type('form').send({ login: 'a', password: 'b', _csrf: during })).status).toBe(403);
});

test.each([
  ['cross-site', { 'Sec-Fetch-Site': 'cross-site' }, 403],
  ['a neighbouring subdomain', { 'Sec-Fetch-Site': 'same-site' }, 403],
  ['our own page', { 'Sec-Fetch-Site': 'same-origin' }, 303],
  ['a foreign origin', { Origin: 'https://evil.example' }, 403],
  ['no origin at all', { Origin: 'null' }, 403],
  ['our public address', { Origin: `https://${HOST}` }, 303],
])('a request from %s with the right token gets %s', async (_what, headers, status) => {
  const agent = await member();
  expect((await logout(agent, await tokenOf(agent, '/account'), headers as Record<string, string>)).status).toBe(status);
});

test('a script sends the token in a header', async () => {
  const agent = await member();
  const token = await tokenOf(agent, '/account');
  const response = await agent.post('/account/sessions/end-others').set('x-csrf-token', token);
  expect(response.status).toBe(303);
});

test('over https the cookies carry the __Host- prefix and Secure', async () => {
  const agent = site.agent();
  const secure = { 'X-Forwarded-Proto': 'https', Host: HOST };
  const page = await agent.get('/register').set(secure);
  const csrf = String(page.headers['set-cookie']);
  expect(csrf).toMatch(/^__Host-bf\.csrf=[^;]+; Path=\/; HttpOnly; Secure; SameSite=Lax/);
  expect(page.headers['strict-transport-security']).toContain('max-age=');

  const fields = { username: 'secure.one', email: 'secure.one@example.com', password: PASSWORD, _csrf: csrfOf(page.text) };
  const cookie = csrf.split(';')[0] as string;
  const done = await site.agent().post('/register').set(secure).set('Cookie', cookie).type('form').send(fields);
  expect(done.status).toBe(303);
  const session = (done.headers['set-cookie'] as unknown as string[]).find((line) => line.includes('bf.sid'));
  expect(session).toMatch(/^__Host-bf\.sid=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax/);
});
