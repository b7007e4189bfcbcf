import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDailyAllowance } from '../../src/ai/daily-allowance.ts';
import { HOUR_MS } from '../../src/core/durations.ts';
import { createAiDaysWatch } from '../../src/features/billing/watch-ai-days.ts';
import { silent } from '../support/pipeline.ts';
import { type TestDatabase, testDatabase } from '../support/test-database.ts';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await testDatabase();
});
beforeEach(() => opened.database.prisma.aiDay.deleteMany());
afterAll(() => opened.close());

const aProcess = (limit: number, now = Date.now) =>
  createDailyAllowance({ sql: opened.database.sql, limit, logger: silent, now });
const granted = async (calls: Promise<boolean>[]): Promise<number> => (await Promise.all(calls)).filter(Boolean).length;
const many = (count: number, call: () => Promise<boolean>) => Array.from({ length: count }, call);

test.each([7, 1_000])('two processes that ask 1,500 times each get the %d calls of the day', async (limit) => {
  const [one, two] = [aProcess(limit), aProcess(limit)];
  const calls = many(1_500, () => one(false)).concat(many(1_500, () => two(false)));

  expect(await granted(calls)).toBe(limit);
});

test('businesses without a plan get half of the calls, and those with one the rest', async () => {
  const mayCall = aProcess(1_000);
  expect(await granted(many(2_000, () => mayCall(true)))).toBe(500);
  expect(await granted(many(2_000, () => mayCall(false)))).toBe(500);
});

test('the next day has calls again; without a limit every call is allowed and nothing is stored', async () => {
  let now = Date.now();
  const mayCall = aProcess(3, () => now);
  expect(await granted(many(5, () => mayCall(false)))).toBe(3);
  await opened.database.sql.query('UPDATE ai_days SET day = day - 1');
  now += 25 * HOUR_MS;
  expect(await granted(many(5, () => mayCall(false)))).toBe(3);

  await opened.database.prisma.aiDay.deleteMany();
  const unlimited = createDailyAllowance({ sql: opened.database.sql, limit: undefined, logger: silent });
  expect(await granted(many(5, () => unlimited(true)))).toBe(5);
  expect(await opened.database.prisma.aiDay.count()).toBe(0);
});

test('the admins are told once a day, by one of several processes', async () => {
  const told: string[] = [];
  const tellAdmins = async (compose: (t: never, admin: never) => { subject: string }) => {
    told.push(compose(((key: string) => key) as never, { username: 'root' } as never).subject);
  };
  const watch = () => createAiDaysWatch({ database: opened.database, notices: { tellAdmins }, limit: 10, logger: silent });
  const now = await opened.database.now();
  const mayCall = aProcess(10);
  await granted(many(9, () => mayCall(false)));
  await watch()(now);
  expect(told).toEqual([]);
  await granted(many(9, () => mayCall(false)));
  await Promise.all([watch()(now), watch()(now), watch()(now)]);
  expect(told).toEqual(['notices.ai_day_all.subject']);
});
