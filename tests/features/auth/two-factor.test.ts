import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, login, PASSWORD, postForm, register, type TestApp, testApp } from '../../support/app.ts';
import { appOf } from '../../support/authenticator.ts';

const PAGE = '/account/two-factor';
let site: TestApp;
beforeAll(async () => {
  site = await testApp({ ADMIN_TWO_FACTOR: 'required' });
});
afterAll(() => site.close());

/** Somebody whose sign-in asks for a code, and what they wrote down. */
async function protectedPerson() {
  const agent = site.agent();
  const { email, username } = await register(agent);
  await postForm(agent, PAGE, {}, PAGE);
  const app = appOf((await agent.get(PAGE)).text);
  expect((await postForm(agent, `${PAGE}/confirm`, { code: app.code(-1) }, PAGE)).status).toBe(303);
  const recovery = (await agent.get(PAGE)).text.match(/[0-9a-f]{6}-[0-9a-f]{6}/g) ?? [];
  return { agent, email, username, app, recovery };
}
const signsIn = async (email: string): Promise<{ agent: Agent; enter: (code: string) => ReturnType<typeof postForm> }> => {
  const agent = site.agent();
  const answer = await login(agent, email, PASSWORD);
  expect([answer.status, answer.headers['location']]).toEqual([303, '/login/code?returnTo=%2Fdashboard']);
  return { agent, enter: (code) => postForm(agent, '/login/code', { code, returnTo: '/bots' }, '/login/code') };
};

test('a sign-in asks for the app’s code; a code works once, and only after the password', async () => {
  const { email, app, recovery } = await protectedPerson();
  expect(recovery).toHaveLength(10);
  const { agent, enter } = await signsIn(email);
  expect((await agent.get('/dashboard')).headers['location']).toContain('/login');
  expect((await enter('000000')).status).toBe(422);
  const code = app.code();
  const entered = await enter(code);
  expect([entered.status, entered.headers['location'], (await agent.get('/dashboard')).status]).toEqual([303, '/bots', 200]);

  const second = await signsIn(email);
  expect((await second.enter(code)).status).toBe(422);
  const stranger = site.agent();
  expect((await postForm(stranger, '/login/code', { code: app.code(1) }, '/login')).status).toBe(410);
  const secret = await site.sql.query("SELECT 1 FROM two_factors f WHERE f::text LIKE '%' || $1 || '%'", [app.secret]);
  expect(secret.rows).toEqual([]);
});

test('a recovery code works once, however it is typed', async () => {
  const { email, recovery } = await protectedPerson();
  const typed = ` ${recovery[0]?.toUpperCase().replace('-', ' ')} `;
  expect((await (await signsIn(email)).enter(typed)).status).toBe(303);
  expect((await (await signsIn(email)).enter(recovery[0] as string)).status).toBe(422);
  const both = await Promise.all([await signsIn(email), await signsIn(email)].map(({ enter }) => enter(recovery[1] as string)));
  expect(both.map(({ status }) => status).sort()).toEqual([303, 422]);
});

test('guesses end after ten, and a changed password ends a sign-in that waits for its code', async () => {
  const { email, app, agent } = await protectedPerson();
  const waiting = await signsIn(email);
  await postForm(agent, '/account/password', { currentPassword: PASSWORD, password: 'nine green herons at dawn' }, '/account');
  expect((await waiting.enter(app.code())).status).toBe(410);
  const guesser = await protectedPerson();
  const { enter } = await signsIn(guesser.email);
  const answers = [];
  for (let i = 0; i < 12; i++) answers.push((await enter('123456')).status);
  expect(answers.slice(-2)).toEqual([429, 429]);
});

test('turning it on ends other sessions, and turning it off needs a code', async () => {
  const other = site.agent();
  const agent = site.agent();
  const { email } = await register(agent);
  await login(other, email, PASSWORD);
  await postForm(agent, PAGE, {}, PAGE);
  const app = appOf((await agent.get(PAGE)).text);
  await postForm(agent, `${PAGE}/confirm`, { code: app.code(-1) }, PAGE);
  expect((await other.get('/dashboard')).status).toBe(303);
  expect((await postForm(agent, `${PAGE}/off`, { code: '' }, PAGE)).status).toBe(422);
  expect((await postForm(agent, `${PAGE}/off`, { code: app.code() }, PAGE)).status).toBe(303);
  expect((await login(site.agent(), email, PASSWORD)).headers['location']).toBe('/dashboard');
  const subjects = (await site.mails()).filter(({ to }) => to === email).map(({ subject }) => subject);
  expect(subjects).toHaveLength(2);
});

test('where admins need it, the admin pages open after it is set up', async () => {
  const agent = site.agent();
  const { email } = await register(agent);
  await site.sql.query('UPDATE users SET is_admin = true WHERE email = $1', [email]);
  for (const path of ['/admin', '/admin/users']) expect((await agent.get(path)).headers['location']).toBe(PAGE);
  await postForm(agent, PAGE, {}, PAGE);
  const app = appOf((await agent.get(PAGE)).text);
  await postForm(agent, `${PAGE}/confirm`, { code: app.code() }, PAGE);
  expect((await agent.get('/admin')).status).toBe(200);
});
