import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHousekeeping } from '../../src/process/housekeeping.ts';
import { type TestDatabase, testDatabase } from '../support/test-database.ts';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await testDatabase();
});
afterAll(() => opened.close());

test('what has run out goes, what still counts stays', async () => {
  const { sql } = opened.database;
  await sql.query(`INSERT INTO sessions (id_hash, data, expires_at) VALUES
    ('old', '{}', now() - interval '1 second'), ('new', '{}', now() + interval '1 hour')`);
  await sql.query(`INSERT INTO rate_limits (key, points, expire) VALUES
    ('old', 1, extract(epoch FROM now()) * 1000 - 1000), ('new', 1, extract(epoch FROM now()) * 1000 + 60000), ('lasting', 1, NULL)`);
  await sql.query(`INSERT INTO webhook_refusals (slot, platform, reason, count, last_at) VALUES
    (now() - interval '49 hours', 'whatsapp', 'unsigned', 1, now()), (now() - interval '25 hours', 'whatsapp', 'unsigned', 2, now())`);
  await createHousekeeping({ database: opened.database })();

  expect((await sql.query('SELECT id_hash FROM sessions')).rows).toEqual([{ id_hash: 'new' }]);
  expect((await sql.query('SELECT count FROM webhook_refusals')).rows).toEqual([{ count: 2 }]);
  expect((await sql.query('SELECT key FROM rate_limits ORDER BY key')).rows).toEqual([{ key: 'lasting' }, { key: 'new' }]);
});
