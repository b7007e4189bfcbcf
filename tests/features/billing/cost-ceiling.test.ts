import { afterAll, beforeAll, expect, test } from 'vitest';
import { postForm, type TestApp, testApp } from '../../support/app.ts';
import { newOwner } from '../../support/owner.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

const owner = () => newOwner(site, { language: 'en' });
const ceilingOf = async (tenantId: string) =>
  (await site.sql.query<{ uzs: number | null }>('SELECT cost_ceiling_uzs AS uzs FROM tenants WHERE id = $1', [tenantId])).rows[0]
    ?.uzs;
/** Of the month: a thousand soʻm is 83,334 millionths of a dollar. */
const spend = (tenantId: string, month: string, microUsd: number) =>
  site.sql.query(
    'INSERT INTO usage_months (tenant_id, month, cost_micro_usd) VALUES ($1, $2, $3) ON CONFLICT (tenant_id, month) DO UPDATE SET cost_micro_usd = $3',
    [tenantId, month, microUsd],
  );
const subjectsTo = async (email: string) => (await site.mails()).filter(({ to }) => to === email).map(({ subject }) => subject);

test.each([
  ['100 000', 100_000],
  ['100 000 soʻm', 100_000],
  ['1,000', 1_000],
  ['', null],
])('the ceiling %j is stored as %j and shown', async (ceiling, uzs) => {
  const { agent, tenantId } = await owner();
  await site.sql.query('UPDATE tenants SET cost_ceiling_uzs = 5000 WHERE id = $1', [tenantId]);
  const done = await postForm(agent, '/subscription/ceiling', { ceiling }, '/subscription');

  expect([done.status, done.headers['location']]).toEqual([303, '/subscription#cost']);
  expect(await ceilingOf(tenantId)).toBe(uzs);
  const { text } = await agent.get('/subscription');
  expect(text).toContain(`value="${uzs === null ? '' : uzs.toLocaleString('en')}" id="ceiling"`);
});

test.each([
  '0',
  '999',
  '-1000',
  '2000000001',
  '99999999999999999999',
  '1e6',
  '0x1000',
  'many',
  '١٠٠٠',
  '<b>1000</b>',
])('the ceiling %j is refused with a reason, and the old one stays', async (ceiling) => {
  const { agent, tenantId } = await owner();
  await site.sql.query('UPDATE tenants SET cost_ceiling_uzs = 5000 WHERE id = $1', [tenantId]);
  const refused = await postForm(agent, '/subscription/ceiling', { ceiling }, '/subscription');

  expect(refused.status).toBe(422);
  expect(refused.text).toContain('Write a sum from 1,000 to 2,000,000,000 soʻm');
  expect(refused.text).toContain(`value="${ceiling.replaceAll('<', '&lt;').replaceAll('>', '&gt;')}" id="ceiling"`);
  expect(await ceilingOf(tenantId)).toBe(5_000);
});

test('80 and 100 percent are mailed once each, also by two processes; a new ceiling has its own', async () => {
  const { agent, tenantId, email } = await owner();
  await site.sql.query('UPDATE tenants SET cost_ceiling_uzs = 1000 WHERE id = $1', [tenantId]);
  const { features } = site.container;
  const month = '2031-04-01';
  const told: number[] = [];
  for (const microUsd of [66_000, 67_000, 80_000, 84_000, 90_000]) {
    await spend(tenantId, month, microUsd);
    const at = new Date('2031-04-20T10:00:00Z');
    await Promise.all([features.billing.jobs.everyMinute(at), features.billing.jobs.everyMinute(at)]);
    told.push((await subjectsTo(email)).length);
  }
  expect(told).toEqual([0, 1, 1, 2, 2]);
  expect(await subjectsTo(email)).toEqual(['80% of your ceiling for the AI is used', 'Your ceiling for the AI is reached']);

  const now = (await site.container.database.now()).toISOString().slice(0, 7);
  await spend(tenantId, `${now}-01`, 90_000);
  expect((await agent.get('/subscription')).text).toContain('The ceiling is reached.');
  await site.sql.query('UPDATE usage_months SET cost_noticed_percent = 100 WHERE tenant_id = $1', [tenantId]);
  await postForm(agent, '/subscription/ceiling', { ceiling: '1100' }, '/subscription');
  await features.billing.jobs.everyMinute(new Date());
  expect(await subjectsTo(email)).toHaveLength(3);
});
