// S73: a sign-in that was compared before the password changes and is stored after it, in two processes on one Postgres.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Agent, login, PASSWORD, register, type TestApp, testApp } from '../../support/app.ts';

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

test('a sign-in compared with the old password waits for the change, then gets the answer of a wrong one', async () => {
  const person = await register(site.agent());
  const agents = Array.from({ length: 6 }, (_, n) => (n % 2 ? site : second).agent());
  const client = await site.container.database.pool.connect();
  try {
    await client.query('BEGIN');
    const other = await site.container.features.auth.api.passwords.hash(NEW_PASSWORD, { known: true, key: 'test' });
    await client.query('UPDATE users SET password_hash = $1 WHERE username = $2', [other, person.username]);
    const answers = agents.map((agent) => login(agent, person.username, PASSWORD));
    const waits = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    await vi.waitFor(async () => expect((await site.sql.query(waits)).rowCount).toBe(agents.length), { timeout: 60_000 });
    await client.query('COMMIT');
    const [wrong] = [await login(site.agent(), person.username, 'not the password')];
    for (const { status, text } of await Promise.all(answers)) {
      expect([status, text.replace(/value="[^"]*"/g, '')]).toEqual([422, wrong.text.replace(/value="[^"]*"/g, '')]);
    }
  } finally {
    client.release();
  }
  expect(await Promise.all(agents.map(isSignedIn))).toEqual(agents.map(() => false));
});
