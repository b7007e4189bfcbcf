import { afterAll, beforeAll, expect, test } from 'vitest';
import { PLANS, type PlanPeriod, planInForce } from '../../../src/core/plans.ts';
import { monthOf } from '../../../src/core/time.ts';
import { newId } from '../../../src/platform/crypto/ids.ts';
import { type TestDatabase, testDatabase } from '../../support/test-database.ts';

const NOW = new Date('2026-11-15T12:00:00Z');

let opened: TestDatabase;
beforeAll(async () => {
  opened = await testDatabase();
});
afterAll(() => opened.close());

async function inForceBySql(period: PlanPeriod | null) {
  const { prisma, sql } = opened.database;
  const { id } = await prisma.tenant.create({ data: { id: newId(), name: 'A business' } });
  if (period) await prisma.subscription.create({ data: { id: newId(), tenantId: id, ...period } });
  const { rows } = await sql.query(
    `SELECT plan AS type, max_bots AS "maxBots", max_messages AS "maxMessagesPerMonth" FROM active_plans($1) WHERE tenant_id = $2`,
    [NOW, id],
  );
  return rows[0] ?? null;
}

const basic = { type: 'BASIC' as const, maxBots: 7, maxMessagesPerMonth: 9_000, active: true };
const FREE = { type: 'FREE', maxBots: PLANS.FREE.maxBots, maxMessagesPerMonth: PLANS.FREE.maxMessagesPerMonth };
const OWN = { type: 'BASIC', maxBots: 7, maxMessagesPerMonth: 9_000 };

test.each<[string, PlanPeriod | null, typeof FREE]>([
  ['without an end', { ...basic, endsAt: null }, OWN],
  ['before its end', { ...basic, endsAt: new Date(NOW.getTime() + 1) }, OWN],
  ['at its end', { ...basic, endsAt: NOW }, FREE],
  ['after its end', { ...basic, endsAt: new Date(NOW.getTime() - 1) }, FREE],
  ['replaced by another', { ...basic, endsAt: null, active: false }, FREE],
  ['that does not exist', null, FREE],
])('a plan %s: the rule in TypeScript and active_plans in SQL agree', async (_name, period, expected) => {
  expect(planInForce(period, NOW)).toEqual(expected);
  expect((await inForceBySql(period)) ?? FREE).toEqual(expected);
});

test.each([
  '2026-10-31T23:59:59.999Z',
  '2026-11-01T00:00:00Z',
  '2028-02-29T20:00:00+05:00',
])('the UTC month of %s: the rule in TypeScript and utc_month in SQL agree', async (moment) => {
  const { rows } = await opened.database.sql.query('SELECT utc_month($1)::text AS month', [new Date(moment)]);
  expect(rows).toEqual([{ month: monthOf(new Date(moment)) }]);
});
