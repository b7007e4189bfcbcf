import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApp, testApp } from '../../support/app.ts';
import { newOwner } from '../../support/owner.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

async function owner() {
  const made = await newOwner(site, { maxBots: 7, language: 'en' });
  return made;
}

test('a visitor is sent to the login page', async () => {
  expect((await site.agent().get('/subscription')).status).toBe(303);
});

test('the page shows the plan, its use and the limits of the subscription', async () => {
  const { agent, tenantId } = await owner();
  await site.container.usage.reserve(tenantId);
  await site.sql.query("UPDATE subscriptions SET type = 'BASIC', max_messages_per_month = 4321 WHERE tenant_id = $1", [tenantId]);
  const { text } = await agent.get('/subscription');

  expect(text).toMatch(/stat__value">1 <small>\/ 4,321/);
  expect(text).toMatch(/stat__value">0 <small>\/ 7/);
  expect(text).toMatch(/BASIC\s*<span class="status/);
  expect(text).toContain('without an end date');
});

test('an ended plan is shown as ended, and the free limits hold', async () => {
  const { agent, tenantId } = await owner();
  await site.sql.query("UPDATE subscriptions SET type = 'PREMIUM', ends_at = '2026-01-15' WHERE tenant_id = $1", [tenantId]);
  const { text } = await agent.get('/subscription');

  expect(text).toContain('Your plan ended on 15 January 2026');
  expect(text).toMatch(/stat__value">0 <small>\/ 1</);
  expect(text).toMatch(/FREE\s*<span class="status/);
});
