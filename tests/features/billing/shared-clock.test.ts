// R45: plans begin and end by the database's clock, whatever the process' own says. Proven on Postgres: the embedded database
// lives in the process and has its clock.
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createPlanGate } from '../../../src/features/billing/plan-gate.ts';
import { newId } from '../../../src/platform/crypto/ids.ts';
import { type TestApp, testApp } from '../../support/app.ts';
import { below } from '../../support/factories.ts';
import { newOwner } from '../../support/owner.ts';

const MINUTE_MS = 60_000;

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterEach(() => vi.useRealTimers());
afterAll(() => site.close());

/** Shifts the process's clock by this many minutes. */
const clockIsOff = (minutes: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + minutes * MINUTE_MS });

/** An owner of two running bots on a plan for two that ends in this many minutes. */
async function ownerOfTwo(endsInMinutes: number) {
  const owner = await newOwner(site, { language: 'en' });
  for (const name of ['First', 'Second']) await below(owner).withBot({ name }).in(site);
  await site.sql.query(
    `UPDATE subscriptions SET type = 'STARTER', max_bots = 2, ends_at = now() + $2 * interval '1 minute' WHERE tenant_id = $1`,
    [owner.tenantId, endsInMinutes],
  );
  return owner;
}

const stopped = async (tenantId: string): Promise<number> =>
  (await site.sql.query("SELECT 1 FROM connections WHERE tenant_id = $1 AND failure_reason = 'plan_limit'", [tenantId])).rows
    .length;
const subjectsTo = async (email: string): Promise<string[]> =>
  (await site.mails()).filter(({ to }) => to === email).map(({ subject }) => subject);

test('ten minutes fast: a plan that ends in five is in force for jobs, for starting a bot, and on its page', async () => {
  const { agent, tenantId, email } = await ownerOfTwo(5);
  clockIsOff(10);
  await site.container.jobs.everyMinute();
  await site.container.jobs.hourly();
  expect(await createPlanGate(site.container).apply(tenantId)).toBe(0);

  expect(await stopped(tenantId)).toBe(0);
  expect(await subjectsTo(email)).toEqual([expect.stringContaining('Your STARTER plan ends on')]);
  expect((await agent.get('/subscription')).text).toContain('Your plan ends on');
});

test('ten minutes slow: a plan that ended a minute ago has ended', async () => {
  const { agent, tenantId, email } = await ownerOfTwo(-1);
  clockIsOff(-10);
  expect((await agent.get('/subscription')).text).toContain('Your plan ended on');
  await site.container.jobs.everyMinute();

  expect(await stopped(tenantId)).toBe(1);
  expect(await subjectsTo(email)).toEqual(['Your STARTER plan has ended']);
});

test('ten minutes slow: a minute after the end no bot outside the plan can be started', async () => {
  const { tenantId } = await ownerOfTwo(-1);
  clockIsOff(-10);
  expect(await createPlanGate(site.container).apply(tenantId)).toBe(1);
});

test('ten minutes fast: a line of the activity log has the time of the database', async () => {
  const targetId = newId();
  clockIsOff(10);
  await site.container.audit.record({ actorKind: 'system', action: 'bot.started', targetType: 'bot', targetId });

  const { rows } = await site.sql.query(
    `SELECT created_at < now() + interval '1 minute' AS "notAhead" FROM audit_lines WHERE target_id = $1`,
    [targetId],
  );
  expect(rows).toEqual([{ notAhead: true }]);
});

test.each([10, -10])('%i minutes off: an admin’s new plan begins now, and the old one ends now', async (minutes) => {
  const { tenantId, email } = await ownerOfTwo(60);
  const { rows: people } = await site.sql.query<{ id: string }>('SELECT id FROM users WHERE email = $1', [email]);
  clockIsOff(minutes);
  const form = { subscriptionType: 'BASIC', endDate: '', maxBots: null, maxMessagesPerMonth: null } as never;
  await site.container.features.operators.api.admin.changePlan({ actorId: newId(), ip: undefined }, people[0]?.id, form);

  const { rows } = await site.sql.query<{ seconds: number }>(
    `SELECT abs(extract(epoch FROM now() - CASE WHEN active THEN starts_at ELSE ends_at END))::float AS seconds
     FROM subscriptions WHERE tenant_id = $1`,
    [tenantId],
  );
  expect(rows).toHaveLength(2);
  for (const { seconds } of rows) expect(seconds).toBeLessThan(30);
});
