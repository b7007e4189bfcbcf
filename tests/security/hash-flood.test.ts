// S17, S19: many passwords at once, and many in all, from addresses that each stay below every limit.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { login, postForm, register, type TestApp, testApp } from '../support/app.ts';

const FLOOD = 200;
// Two hashes of strangers at a time and fifty that wait (features/auth/hash-lanes).
const ROOM = 52;

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

test('an unusual number of refused sign-ins from any addresses is reported to admins once', async () => {
  const admin = await register(site.agent());
  await site.sql.query('UPDATE users SET is_admin = true WHERE email = $1', [admin.email]);
  const told = async () => (await site.mails()).filter(({ to }) => to === admin.email);
  for (let n = 0; n < 200; n += 1) await login(site.agent(), `sprayed${n}`, 'Winter2026!');
  expect(await told()).toHaveLength(0);
  for (let n = 200; n < 230; n += 1) await login(site.agent(), `sprayed${n}`, 'Winter2026!');

  expect(await told()).toHaveLength(1);
  const lines = await site.sql.query("SELECT details FROM audit_lines WHERE action = 'session.many_refused'");
  expect(lines.rows).toEqual([{ details: { count: 200, minutes: 15 } }]);
  // Nobody is kept out by it.
  const owner = site.agent();
  expect((await postForm(owner, '/login', { login: admin.username, password: admin.password })).status).toBe(303);
});

test(`${FLOOD} passwords sent at once: some are refused as too many, none fails, and pages are served meanwhile`, async () => {
  const owner = site.agent();
  await register(owner);
  const half = () =>
    Array.from({ length: FLOOD / 2 }, (_, n) => login(site.agent(), `nobody${n}`, 'not the password of anybody'));
  const order: string[] = [];
  const before = half();
  // It is sent now.
  const asked = owner.get('/dashboard').then((page) => {
    order.push('the page');
    return page;
  });
  const all = Promise.all([...before, ...half()]).finally(() => order.push('the last of the flood'));
  const page = await asked;
  const statuses = (await all).map(({ status }) => status);

  expect(page.status).toBe(200);
  expect(order).toEqual(['the page', 'the last of the flood']);
  expect(statuses.filter((status) => ![422, 503].includes(status))).toEqual([]);
  expect(statuses.filter((status) => status === 422).length).toBeGreaterThanOrEqual(ROOM);
  const after = site.agent();
  expect((await login(after, 'nobody', 'not the password of anybody')).status).toBe(422);
});
