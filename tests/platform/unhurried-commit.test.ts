import { expect, test } from 'vitest';
import { UNHURRIED_SQL } from '../../src/platform/db/database.ts';
import { testDatabase } from '../support/test-database.ts';

test('a statement that need not wait for the disk does not on Postgres, does on the embedded database, and leaves no trace', async () => {
  const { database, close } = await testDatabase();
  const setting = async (name: string, from = ''): Promise<unknown> =>
    (await database.sql.query({ name, text: `SELECT current_setting('synchronous_commit') AS setting ${from}` })).rows[0]?.[
      'setting'
    ];
  const before = await setting('before');
  const during = await setting('during', `FROM ${UNHURRIED_SQL}`);

  expect(during).toBe(database.kind === 'postgres' ? 'off' : 'on');
  expect(await Promise.all(Array.from({ length: 10 }, (_, i) => setting(`after ${i}`)))).toEqual(Array(10).fill(before));
  await close();
});
