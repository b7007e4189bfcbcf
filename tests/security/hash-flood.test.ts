// S17, S19: many passwords at once, and many in all, from addresses that each stay below every limit.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { csrfOf, login, postForm, register, type TestApp, testApp } from '../support/app.ts';

const FLOOD = 200;
// Four hashes at a time and fifty that wait (features/auth/passwords).
const ROOM = 54;

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

test('more refused sign-ins than people forget passwords, however many addresses they come from: admins are told once', async () => {
  const admin = await register(site.agent());
  await site.sql.query('UPDATE users SET is_admin = true WHERE email = $1', [admin.email]);
  const told = async () => (await site.mails()).filter(({ to }) => to === admin.email);
  const browser = site.agent();
  const _csrf = csrfOf((await browser.get('/login')).text);
  const spray = async (from: number, to: number): Promise<void> => {
    for (let n = from; n < to; n += 1) {
      const sent = browser.post('/login').set('X-Forwarded-For', `10.8.0.${n}`).type('form');
      expect((await sent.send({ login: `sprayed${n}`, password: 'Winter2026!', _csrf })).status).toBe(422);
    }
  };
  await spray(0, 200);
  expect(await told()).toHaveLength(0);
  await spray(200, 230);

  expect(await told()).toHaveLength(1);
  const lines = await site.sql.query("SELECT details FROM audit_lines WHERE action = 'session.many_refused'");
  expect(lines.rows).toEqual([{ details: { count: 200, minutes: 15 } }]);
  const owner = site.agent();
  expect((await postForm(owner, '/login', { login: admin.username, password: admin.password })).status).toBe(303);
});

test(`${FLOOD} passwords sent at once: some are refused as too many, none fails, and pages are served meanwhile`, async () => {
  const owner = site.agent();
  await register(owner);
  const flood = Array.from({ length: FLOOD }, (_, n) => login(site.agent(), `nobody${n}`, 'not the password of anybody'));
  const askedAt = performance.now();
  const page = await owner.get('/dashboard');
  const pageMs = performance.now() - askedAt;
  const statuses = (await Promise.all(flood)).map(({ status }) => status);
  const floodMs = performance.now() - askedAt;

  expect(page.status).toBe(200);
  expect(pageMs).toBeLessThan(Math.max(5_000, floodMs));
  expect(statuses.filter((status) => ![422, 503].includes(status))).toEqual([]);
  expect(statuses.filter((status) => status === 422).length).toBeGreaterThanOrEqual(ROOM);
  const after = site.agent();
  expect((await login(after, 'nobody', 'not the password of anybody')).status).toBe(422);
});
