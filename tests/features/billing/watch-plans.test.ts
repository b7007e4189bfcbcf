// The scheduled check of plans, at given times.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type TestApp, testApp } from '../../support/app.ts';
import { below } from '../../support/factories.ts';
import { newOwner } from '../../support/owner.ts';

const DAY_MS = 86_400_000;
const END = new Date('2031-05-20T19:00:00Z');
const before = (days: number): Date => new Date(END.getTime() - days * DAY_MS);

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());
beforeEach(async () => {
  await site.sql.query("UPDATE subscriptions SET type = 'FREE', ends_at = NULL");
  await site.sql.query('DELETE FROM usage_months');
});

async function owner() {
  const made = await newOwner(site, { language: 'en' });
  return made;
}

const subjectsTo = async (email: string): Promise<string[]> =>
  (await site.mails()).filter(({ to }) => to === email).map(({ subject }) => subject);
const look = (now: Date): Promise<void> => site.container.features.billing.jobs.hourly(now);

test('the end of a paid plan is mailed 7, 3 and 1 day before and after it, each once', async () => {
  const { tenantId, email } = await owner();
  await site.sql.query("UPDATE subscriptions SET type = 'BASIC', ends_at = $2 WHERE tenant_id = $1", [tenantId, END]);
  const told: number[] = [];
  for (const days of [8, 7, 7, 6, 3, 2.5, 1, 0.5, 0, -1, -30]) {
    await look(before(days));
    told.push((await subjectsTo(email)).length);
  }
  expect(told).toEqual([0, 1, 1, 1, 2, 2, 3, 3, 4, 4, 4]);
  expect((await subjectsTo(email)).at(0)).toBe('Your BASIC plan ends on 21 May 2031, 00:00');
  expect((await subjectsTo(email)).at(-1)).toBe('Your BASIC plan has ended');
  const { rows } = await site.sql.query(
    "SELECT actor_kind AS who FROM audit_lines WHERE tenant_id = $1 AND action = 'subscription.ended'",
    [tenantId],
  );
  expect(rows).toEqual([{ who: 'system' }]);
});

test('after the end bots beyond the free plan stop with a reason, and a renewal starts them again', async () => {
  const { tenantId } = await owner();
  await site.container.features.billing.api.planChanges.change(
    tenantId,
    { type: 'STARTER', endsAt: END, maxBots: 2, maxMessagesPerMonth: 1_000 },
    before(20),
  );
  const ids: string[] = [];
  for (const name of ['First', 'Second']) ids.push((await below({ tenantId }).withBot({ name }).in(site)).connectionId);
  const states = async (): Promise<string[]> => {
    const text = `SELECT concat_ws(' ', state, failure_reason) AS state FROM connections WHERE id = ANY($1) ORDER BY array_position($1, id)`;
    return (await site.sql.query<{ state: string }>(text, [ids])).rows.map(({ state }) => state);
  };

  await look(before(0.1));
  expect(await states()).toEqual(['ACTIVE', 'ACTIVE']);
  await look(END);
  expect(await states()).toEqual(['ACTIVE', 'FAILED plan_limit']);
  await look(before(-1));
  const kept = await site.sql.query('SELECT count(*) AS n FROM bots WHERE tenant_id = $1', [tenantId]);
  expect(kept.rows).toEqual([{ n: 2 }]);

  await site.container.features.billing.api.planChanges.change(
    tenantId,
    { type: 'STARTER', endsAt: null, maxBots: 2, maxMessagesPerMonth: 1_000 },
    before(-2),
  );
  expect(await states()).toEqual(['ACTIVE', 'PENDING']);
});

test('the check of every minute stops them at the end, not a millisecond before', async () => {
  const { tenantId } = await owner();
  const plan = { type: 'STARTER', endsAt: END, maxBots: 2, maxMessagesPerMonth: 1_000 } as const;
  await site.container.features.billing.api.planChanges.change(tenantId, plan, before(20));
  const ids: string[] = [];
  for (const name of ['First', 'Second']) ids.push((await below({ tenantId }).withBot({ name }).in(site)).connectionId);
  const stopped = async () =>
    (await site.sql.query("SELECT id FROM connections WHERE tenant_id = $1 AND failure_reason = 'plan_limit'", [tenantId])).rows;
  await site.container.features.billing.jobs.everyMinute(new Date(END.getTime() - 1));
  expect(await stopped()).toEqual([]);
  await site.container.features.billing.jobs.everyMinute(END);
  expect(await stopped()).toEqual([{ id: ids[1] }]);
});

test('half, three quarters and nine tenths of the limit are mailed once each per month', async () => {
  const { tenantId, email } = await owner();
  await site.sql.query('UPDATE subscriptions SET max_messages_per_month = 200 WHERE tenant_id = $1', [tenantId]);
  const use = (month: string, answers: number) =>
    site.sql.query(
      'INSERT INTO usage_months (tenant_id, month, ai_answers) VALUES ($1, $2, $3) ON CONFLICT (tenant_id, month) DO UPDATE SET ai_answers = $3',
      [tenantId, month, answers],
    );
  const told: number[] = [];
  for (const answers of [99, 100, 101, 150, 179, 180, 199]) {
    await use('2031-04-01', answers);
    await look(new Date('2031-04-20T10:00:00Z'));
    told.push((await subjectsTo(email)).length);
  }
  expect(told).toEqual([0, 1, 1, 2, 2, 3, 3]);
  expect(await subjectsTo(email)).toEqual([50, 75, 90].map((percent) => `${percent}% of this month's AI answers are used`));

  await look(new Date('2031-05-01T00:00:00Z'));
  await use('2031-05-01', 160);
  await look(new Date('2031-05-09T00:00:00Z'));
  expect((await subjectsTo(email)).slice(3)).toEqual(["75% of this month's AI answers are used"]);
});

test('the month begins at midnight UTC, and a larger plan applies at once', async () => {
  const { tenantId } = await owner();
  const { usage, features } = site.container;
  const { planChanges } = features.billing.api;
  await site.sql.query('UPDATE subscriptions SET max_messages_per_month = 1 WHERE tenant_id = $1', [tenantId]);
  const [lastMoment, first] = [new Date('2031-07-31T23:59:59.999Z'), new Date('2031-08-01T00:00:00Z')];
  expect(await usage.reserve(tenantId, lastMoment)).not.toBeNull();
  expect(await usage.reserve(tenantId, lastMoment)).toBeNull();
  expect(await usage.reserve(tenantId, first)).not.toBeNull();
  expect(await usage.reserve(tenantId, first)).toBeNull();
  await planChanges.change(tenantId, { type: 'STARTER', endsAt: null, maxBots: 2, maxMessagesPerMonth: 2 }, first);
  expect(await usage.reserve(tenantId, first)).not.toBeNull();
});

test('the page shows the coming end, the pace and past plans', async () => {
  const { agent, tenantId } = await owner();
  const soon = new Date(Date.now() + 2 * DAY_MS);
  await site.container.features.billing.api.planChanges.change(
    tenantId,
    { type: 'BASIC', endsAt: soon, maxBots: 5, maxMessagesPerMonth: 5_000 },
    new Date(),
  );
  const { text } = await agent.get('/subscription');
  expect(text).toContain('Your plan ends on');
  expect(text.split('History')[1]?.match(/<th scope="row">(FREE|BASIC)<\/th>/g)).toEqual([
    '<th scope="row">BASIC</th>',
    '<th scope="row">FREE</th>',
  ]);
});
