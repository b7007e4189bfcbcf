import { expect, test } from 'vitest';
import { testDatabase } from '../support/test-database.ts';

test('an asynchronous commit applies on Postgres, not on the embedded database, and to its transaction only', async () => {
  const { database, close } = await testDatabase();
  const setting = async (name: string, from = ''): Promise<unknown> =>
    (await database.sql.query({ name, text: `SELECT current_setting('synchronous_commit') AS setting ${from}` })).rows[0]?.[
      'setting'
    ];
  const before = await setting('before');
  const during = await setting('during', 'FROM async_commit()');

  expect(during).toBe(database.kind === 'postgres' ? 'off' : 'on');
  expect(await Promise.all(Array.from({ length: 10 }, (_, i) => setting(`after ${i}`)))).toEqual(Array(10).fill(before));
  await close();
});
