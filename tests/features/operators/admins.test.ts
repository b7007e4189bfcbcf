import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAdminsRepo } from '../../../src/features/operators/admins.repo.ts';
import { register, type TestApp, testApp } from '../../support/app.ts';
import { rounds } from '../../support/soak.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

const adminCount = async (): Promise<number> =>
  (await site.sql.query<{ n: number }>('SELECT count(*)::int AS n FROM users WHERE is_admin')).rows[0]?.n ?? 0;

test('admin rights are granted and revoked by either name and apply at the next request', async () => {
  const admins = createAdminsRepo(site.container.database);
  const agent = site.agent();
  const [one, two] = [await register(agent), await register(site.agent())];
  expect(await admins.grantAcrossTenants(one.username)).toMatchObject({ username: one.username });
  expect((await agent.get('/account')).text).toContain('href="/admin"');
  expect(await admins.grantAcrossTenants(two.email)).toMatchObject({ username: two.username });
  expect(await admins.revokeAcrossTenants(one.email)).toMatchObject({ username: one.username });
  expect((await agent.get('/account')).text).not.toContain('href="/admin"');
  expect(await admins.grantAcrossTenants('nobody')).toBeNull();
  expect(await admins.revokeAcrossTenants('nobody')).toBe('missing');
});

test('the last admin stays', async () => {
  const admins = createAdminsRepo(site.container.database);
  const [last] = await admins.listAcrossTenants();
  expect(await admins.revokeAcrossTenants(last?.username as string)).toBe('last');
  expect(await adminCount()).toBe(1);
});

test('of five admins revoked at once one remains', async () => {
  const admins = createAdminsRepo(site.container.database);
  const names: string[] = [];
  for (let i = 0; i < 4; i++) names.push((await register(site.agent())).username);
  for (let round = 0; round < rounds(20); round++) {
    for (const name of names) await admins.grantAcrossTenants(name);
    const all = await admins.listAcrossTenants();
    const results = await Promise.all(all.map(({ username }) => admins.revokeAcrossTenants(username.toLowerCase())));
    expect(results.filter((result) => result === 'last')).toHaveLength(1);
    expect(await adminCount()).toBe(1);
  }
});
