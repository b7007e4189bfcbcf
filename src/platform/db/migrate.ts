import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { StartError } from '../start-error.ts';
import type { DatabaseAddress } from './database.ts';
import { newerMigrations } from './newer-database.ts';

export const MIGRATIONS = join(import.meta.dirname, '../../../prisma/migrations');
// The same number in every version, so that an old process and a new one wait for each other.
const MIGRATION_LOCK = 7_242_024;

export class MigrationError extends StartError {}

export interface Migrated {
  applied: string[];
  newer: string[];
}

export interface Migration {
  name: string;
  script: string;
  checksum: string;
}

// R13 (migration race and crash): each migration and its record are one transaction, so a killed one leaves nothing behind.
// The advisory lock lasts for that transaction, because connection poolers do not keep session locks.
export async function migrate(address: DatabaseAddress, folder = MIGRATIONS): Promise<Migrated> {
  const migrations = await readMigrations(folder);
  const client = new pg.Client(connectionConfig(address));
  await client.connect();
  try {
    const before = await checksumsIn(client);
    const newer = newerMigrations(
      [...before.keys()],
      migrations.map(({ name }) => name),
    );
    const applied: string[] = [];
    for (const migration of migrations) {
      if (before.has(migration.name)) refuseChanged(migration, before);
      else if (await inLock(client, () => apply(client, migration))) applied.push(migration.name);
    }
    return { applied, newer };
  } finally {
    await client.end();
  }
}

export const connectionConfig = (address: DatabaseAddress): pg.ClientConfig =>
  address.kind === 'postgres' ? { connectionString: address.url } : address.connection;

export async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(
    names.sort().map(async (name) => {
      const text = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      const script = text.replaceAll('\r\n', '\n');
      return { name, script, checksum: createHash('sha256').update(script).digest('hex') };
    }),
  );
}

const UNDEFINED_TABLE = '42P01';

/** Of the applied migrations, by name. */
export async function checksumsIn(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client
    .query<{ name: string; checksum: string }>(
      `SELECT migration_name AS name, checksum FROM _prisma_migrations
       WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
    )
    .catch((error: { code?: string }) => {
      if (error.code === UNDEFINED_TABLE) return { rows: [] };
      throw error;
    });
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

function refuseChanged({ name, checksum }: Migration, applied: Map<string, string>): void {
  if (applied.get(name) === checksum) return;
  throw new MigrationError(
    `The migration ${name} was changed after it had been applied to this database. ` +
      'Put its file back as it was and write the change as a new migration: npm run db:migration -- NAME.',
  );
}

async function inLock<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

/** False when another process has applied the migration meanwhile. */
async function apply(client: pg.Client, { name, script, checksum }: Migration): Promise<boolean> {
  await client.query(PRISMA_TABLE);
  if ((await checksumsIn(client)).has(name)) return false;
  // Version 0.1.0 recorded the start separately, so a killed process of it left such a row.
  await client.query('DELETE FROM _prisma_migrations WHERE migration_name = $1 AND finished_at IS NULL', [name]);
  await client.query(script).catch((error: Error) => {
    throw new MigrationError(`The migration ${name} failed and was undone: ${error.message}`, { cause: error });
  });
  await client.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
     VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
    [randomUUID(), checksum, name],
  );
  return true;
}

// Source: github.com/prisma/prisma-engines, sql-schema-connector, flavour/postgres: create_migrations_table (seen 2026-11).
const PRISMA_TABLE = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum VARCHAR(64) NOT NULL,
    finished_at TIMESTAMPTZ,
    migration_name VARCHAR(255) NOT NULL,
    logs TEXT,
    rolled_back_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`;
