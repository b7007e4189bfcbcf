import { afterAll, beforeAll, expect, test } from 'vitest';
import { login, PASSWORD, postForm, register, type TestApp, testApp } from '../../support/app.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

const ATTACKER = '203.0.113.7';

test('ten wrong passwords from one address, then 429 with Retry-After, for known and unknown names alike', async () => {
  const person = await register(site.agent());
  for (const [name, address] of [
    [person.username, ATTACKER],
    ['nobody-at-all', '203.0.113.8'],
  ] as const) {
    const answers = await Promise.all(Array.from({ length: 12 }, () => login(site.agent(address), name, 'wrong guess')));
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(10);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(2);
    expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0);
  }
});

/** Wrong passwords from many addresses, until the account's limit is used up. */
async function useUpTries(email: string): Promise<void> {
  for (let network = 0; network < 5; network++) {
    await Promise.all(Array.from({ length: 10 }, () => login(site.agent(`198.51.${network}.7`), email, 'wrong guess')));
  }
  await site.sql.query("DELETE FROM rate_limits WHERE key LIKE 'login-address:%'");
}

test('S74: after strangers used up all tries the owner signs in, from a known browser and from a new one', async () => {
  const owner = site.agent(ATTACKER);
  const person = await register(owner);
  await site.sql.query('DELETE FROM sessions');
  await useUpTries(person.email);

  expect((await login(owner, person.email, PASSWORD)).status).toBe(303);
  expect((await login(site.agent('192.0.2.1'), person.email, PASSWORD)).status).toBe(303);
});

test('S74: a reset by mail makes the browser a known one', async () => {
  const person = await register(site.agent());
  const browser = site.agent('192.0.2.50');
  await postForm(browser, '/forgot-password', { email: person.email });
  const mail = (await site.mails()).findLast(({ to }) => to === person.email);
  const link = new URL(/http\S+/.exec(mail?.text ?? '')?.[0] ?? 'http://none').pathname;
  await postForm(browser, link, { password: 'quiet river under snow' }, link);
  for (let i = 0; i < 18; i++) await login(site.agent('192.0.2.50'), `nobody${i}`, 'wrong guess');

  expect((await login(site.agent('192.0.2.50'), person.email, 'quiet river under snow')).status).toBe(429);
  expect((await login(browser, person.email, 'quiet river under snow')).status).toBe(303);
});

test('a known device has separate limits and is known for one account only', async () => {
  const agent = site.agent('192.0.2.20');
  await register(agent);
  const other = await register(site.agent());
  const onOther = [];
  for (let i = 0; i < 11; i++) onOther.push((await login(agent, other.username, 'wrong guess')).status);
  expect(onOther.filter((status) => status === 429)).toHaveLength(1);
});

test('a right password clears the count', async () => {
  const person = await register(site.agent());
  const address = '192.0.2.30';
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 5; i++) expect((await login(site.agent(address), person.username, 'wrong guess')).status).toBe(422);
    expect((await login(site.agent(address), person.username, PASSWORD)).status).toBe(303);
  }
});

test('sign-ins and refusals are in the activity log without the tried password or name', async () => {
  const person = await register(site.agent());
  await login(site.agent('192.0.2.40'), person.username, 'my secret guess');
  await login(site.agent('192.0.2.40'), person.username, PASSWORD);
  const { rows } = await site.sql.query<{ action: string }>("SELECT action FROM audit_lines WHERE ip = '192.0.2.40' ORDER BY id");
  expect(rows.map(({ action }) => action)).toEqual(['session.refused', 'session.started']);
  const { rows: all } = await site.sql.query<{ text: string }>('SELECT row_to_json(a)::text AS text FROM audit_lines a');
  expect(all.some(({ text }) => text.includes('secret guess') || text.includes(person.username))).toBe(false);
});
