// R06: transactions that Postgres really undoes for one another's sake, not errors made up to look like it.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../support/test-database.ts';

const RIVALS = 6;

let opened: TestDatabase;
beforeAll(async () => {
  opened = await testDatabase();
  await opened.database.sql.query('CREATE TABLE counters (id int PRIMARY KEY, n int NOT NULL)');
});
beforeEach(async () => {
  await opened.database.sql.query('DELETE FROM counters');
  await opened.database.sql.query('INSERT INTO counters VALUES (1, 0), (2, 0)');
});
afterAll(() => opened.close());

/** How often Postgres itself says it found a deadlock in this database. */
async function deadlocks(): Promise<number> {
  await opened.database.sql.query('SELECT pg_stat_clear_snapshot()');
  const text = 'SELECT deadlocks::int AS n FROM pg_stat_database WHERE datname = current_database()';
  return (await opened.database.sql.query<{ n: number }>(text)).rows[0]?.n ?? -1;
}
const counted = async (): Promise<number[]> =>
  (await opened.database.sql.query<{ n: number }>('SELECT n FROM counters ORDER BY id')).rows.map(({ n }) => n);

test('two that take the same rows crosswise lock each other out: both are done in the end, each once', async () => {
  let tries = 0;
  const bothHold = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  const crosswise = (first: number, second: number, mine: 0 | 1) =>
    opened.database.inTransaction(async (tx) => {
      tries += 1;
      await tx.query('UPDATE counters SET n = n + 1 WHERE id = $1', [first]);
      bothHold[mine].resolve();
      await bothHold[mine === 0 ? 1 : 0].promise;
      await tx.query('UPDATE counters SET n = n + 1 WHERE id = $1', [second]);
    });
  await Promise.all([crosswise(1, 2, 0), crosswise(2, 1, 1)]);

  expect(await counted()).toEqual([2, 2]);
  expect(tries).toBeGreaterThanOrEqual(3);
  expect(tries).toBeLessThanOrEqual(8);
  // The server's own count comes a moment late.
  await expect.poll(deadlocks, { timeout: 60_000 }).toBeGreaterThanOrEqual(1);
});

test(`of ${RIVALS} serializable transactions on one row those that were done are counted, those that were not say why`, async () => {
  const work = () =>
    opened.database.inTransaction(async (tx) => {
      await tx.query('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE');
      const { rows } = await tx.query<{ n: number }>('SELECT n FROM counters WHERE id = 1');
      await tx.query('UPDATE counters SET n = $1 WHERE id = 1', [(rows[0]?.n ?? 0) + 1]);
    });
  const results = await Promise.allSettled(Array.from({ length: RIVALS }, work));
  const done = results.filter(({ status }) => status === 'fulfilled').length;
  const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as { code?: string }] : []));

  expect(done).toBeGreaterThanOrEqual(2);
  expect((await counted())[0]).toBe(done);
  expect(refused.filter(({ code }) => code !== '40001')).toEqual([]);
});
