import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { applyByPrisma } from '../../scripts/schema-drift.ts';
import type { DatabaseAddress } from '../../src/platform/db/database.ts';
import { MIGRATIONS, MigrationError, migrate, readMigrations } from '../../src/platform/db/migrate.ts';
import { type TestDatabase, testDatabase } from '../support/test-database.ts';

let opened: TestDatabase;
let address: DatabaseAddress;
let dir: string;
beforeAll(async () => {
  opened = await testDatabase();
  address = opened.address;
});
afterAll(() => opened.close());
beforeEach(async () => {
  await opened.database.sql.query('DROP SCHEMA public CASCADE');
  await opened.database.sql.query('CREATE SCHEMA public');
  dir = await mkdtemp(join(tmpdir(), 'bf-migrate-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** A folder of migrations from pairs of name and script. */
async function folderOf(scripts: Record<string, string>): Promise<string> {
  for (const [name, script] of Object.entries(scripts)) {
    await mkdir(join(dir, 'migrations', name), { recursive: true });
    await writeFile(join(dir, 'migrations', name, 'migration.sql'), script);
  }
  return join(dir, 'migrations');
}

test('after our migrations Prisma has nothing to apply', async () => {
  const names = (await readMigrations(MIGRATIONS)).map(({ name }) => name);

  expect((await migrate(address)).applied).toEqual(names);
  expect(await applyByPrisma(address)).toEqual([]);
});

test('a database that Prisma migrated, as version 0.1.0 did, is up to date', async () => {
  await applyByPrisma(address);
  expect(await migrate(address)).toEqual({ applied: [], newer: [] });
});

test('a failed migration is rolled back and named; once corrected it is applied', async () => {
  const broken = await folderOf({ '0001_a': 'CREATE TABLE a ();', '0002_b': 'CREATE TABLE b (); CREATE TABLE a ();' });
  await expect(migrate(address, broken)).rejects.toThrow(
    'The migration 0002_b failed and was undone: relation "a" already exists',
  );

  const whole = await folderOf({ '0002_b': 'CREATE TABLE b ();' });
  expect((await migrate(address, whole)).applied).toEqual(['0002_b']);
});

test('a migration that version 0.1.0 left unfinished is applied again', async () => {
  const folder = await folderOf({ '0001_a': 'CREATE TABLE a ();' });
  await migrate(address, folder);
  const { query } = opened.database.sql;
  await query('DROP TABLE a');
  await query('UPDATE _prisma_migrations SET finished_at = NULL');

  expect((await migrate(address, folder)).applied).toEqual(['0001_a']);
  const { rows } = await query('SELECT finished_at IS NOT NULL AS finished, applied_steps_count FROM _prisma_migrations');
  expect(rows).toEqual([{ finished: true, applied_steps_count: 1 }]);
});

test('a migration changed after it was applied is refused; line endings may differ', async () => {
  await migrate(address, await folderOf({ '0001_a': 'CREATE TABLE a\n();' }));
  expect((await migrate(address, await folderOf({ '0001_a': 'CREATE TABLE a\r\n();' }))).applied).toEqual([]);

  const changed = await folderOf({ '0001_a': 'CREATE TABLE other ();' });
  await expect(migrate(address, changed)).rejects.toThrow(MigrationError);
});

test('of two processes that migrate at once each migration is applied by one', async () => {
  const folder = await folderOf({ '0001_a': 'CREATE TABLE a ();', '0002_b': 'CREATE TABLE b ();' });
  const both = await Promise.all([migrate(address, folder), migrate(address, folder)]);
  expect(both.flatMap(({ applied }) => applied).sort()).toEqual(['0001_a', '0002_b']);
});
