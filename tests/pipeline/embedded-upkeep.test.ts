import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEmbeddedUpkeep } from '../../src/pipeline/embedded-upkeep.ts';
import { type TestDatabase, testDatabase } from '../support/test-database.ts';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await testDatabase();
});
afterAll(() => opened.close());

const tuples = async (): Promise<number> => {
  await opened.database.sql.query('SELECT 1');
  const { rows } = await opened.database.sql.query("SELECT reltuples FROM pg_class WHERE relname = 'conversations'");
  return Number(rows[0]?.['reltuples']);
};

test('busy tables are cleaned and counted after enough changes, and left alone before', async () => {
  const upkeep = createEmbeddedUpkeep({ database: opened.database, onError: () => {} });
  upkeep.noteChange();
  await upkeep.run();
  expect(await tuples()).toBe(-1);

  for (let i = 0; i < 200; i += 1) upkeep.noteChange();
  await upkeep.run();
  expect(await tuples()).toBe(0);
});
