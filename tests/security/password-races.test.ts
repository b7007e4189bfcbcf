// S73: sign-ins in flight while the password changes, in two processes on one database.
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Agent, login, PASSWORD, postForm, register, type TestApp, testApp } from '../support/app.ts';
import { rounds } from '../support/soak.ts';

let site: TestApp;
let second: Awaited<ReturnType<TestApp['another']>>;
beforeAll(async () => {
  site = await testApp();
  second = await site.another();
});
afterAll(async () => {
  await second.close();
  await site.close();
});

const NEW_PASSWORD = 'quiet river under snow';
const isSignedIn = async (agent: Agent): Promise<boolean> => (await agent.get('/account')).status === 200;

test.each(['/account/password', '/reset-password'])('no sign-in with the old password outlives a change by %s', async (way) => {
  for (let round = 0; round < rounds(4); round++) {
    const owner = site.agent();
    const person = await register(owner);
    const change = way === '/reset-password' ? await byLink(person.email) : byForm(owner);
    const agents = Array.from({ length: 12 }, (_, n) => (n % 2 ? site : second).agent());
    const tries = agents.map((agent) => login(agent, person.username, PASSWORD));
    const changed = await change();
    await Promise.all(tries);
    expect(changed.status).toBe(303);
    expect(await Promise.all(agents.map(isSignedIn))).toEqual(agents.map(() => false));
  }
});

const byForm = (owner: Agent) => () =>
  postForm(owner, '/account/password', { currentPassword: PASSWORD, password: NEW_PASSWORD }, '/account');

async function byLink(email: string) {
  await postForm(site.agent(), '/forgot-password', { email });
  const mail = (await site.mails()).findLast(({ to }) => to === email);
  const link = new URL(/http\S+/.exec(mail?.text ?? '')?.[0] ?? 'http://none').pathname;
  return () => postForm(site.agent(), link, { password: NEW_PASSWORD }, link);
}

test('an ended session does not come back by a request in flight', async () => {
  const agent = site.agent();
  await register(agent);
  const { rows } = await site.sql.query<{ id_hash: string }>('SELECT id_hash FROM sessions ORDER BY created_at DESC LIMIT 1');
  await site.sql.query('DELETE FROM sessions WHERE id_hash = $1', [rows[0]?.id_hash]);
  expect(await isSignedIn(agent)).toBe(false);
  expect((await site.sql.query('SELECT 1 FROM sessions WHERE id_hash = $1', [rows[0]?.id_hash])).rowCount).toBe(0);
});

test('sessions of the version before, without a digest, stay valid', async () => {
  const agent = site.agent();
  await register(agent);
  await site.sql.query("UPDATE sessions SET data = (data::jsonb - 'passwordDigest')::json");
  expect(await isSignedIn(agent)).toBe(true);
});
