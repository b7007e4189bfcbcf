import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { SchemaEngine } from '@prisma/schema-engine-wasm';
import pg from 'pg';
import { CataloguePg, CataloguePool, forgetUndone } from './catalogue-adapter.ts';
import type { DatabaseAddress } from './database.ts';
import { newerMigrations } from './newer-database.ts';

const PRISMA_FOLDER = join(import.meta.dirname, '../../../prisma');
// Any constant: what matters is that every process takes the same one.
const MIGRATION_LOCK = 7_242_024;

export interface Migrated {
  /** The migrations applied now. */
  applied: string[];
  /** Those of a newer version, applied before. */
  newer: string[];
}

const NO_FILTERS = { externalTables: [], externalEnums: [] };

/**
 * Brings the database to the schema of this version: prisma/migrations, recorded in the official `_prisma_migrations`.
 * Processes that start together take turns by an advisory lock (a transaction's, since poolers drop a session's); the
 * embedded database has one process and one connection, so it takes none. One that was killed in the midst of it holds nobody
 * up: what it had not finished is applied anew (R13).
 * @throws NewerDatabaseError when a newer version has taken away what this one needs.
 */
export async function migrate(address: DatabaseAddress): Promise<Migrated> {
  if (address.kind === 'embedded') return applyMissing(address);
  const client = new pg.Client(connectionConfig(address));
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    return await applyMissing(address);
  } finally {
    await client.end();
  }
}

/** The SQL that would bring the connected database to prisma/schema.prisma; empty when they agree. */
export async function schemaDrift(address: DatabaseAddress): Promise<string> {
  const { engine, stop } = await startEngine(address);
  const files = await schemaFiles();
  const { stdout } = await engine.diff({
    from: { tag: 'schemaDatasource', files, configDir: PRISMA_FOLDER },
    to: { tag: 'schemaDatamodel', files },
    script: true,
    exitCode: null,
    filters: { externalTables: ['public._prisma_migrations'], externalEnums: [] },
  });
  await stop();
  return (stdout ?? '').includes('This is an empty migration') ? '' : (stdout ?? '').trim();
}

async function applyMissing(address: DatabaseAddress): Promise<Migrated> {
  const folders = await migrationFolders();
  const done = await appliedBefore(address);
  const newer = newerMigrations(done, folders);
  // Spares an up-to-date start the half second that loading the engine takes.
  if (folders.every((folder) => done.includes(folder))) return { applied: [], newer };
  const { engine, stop } = await startEngine(address);
  try {
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: {
        baseDir: join(PRISMA_FOLDER, 'migrations'),
        lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
        shadowDbInitScript: '',
        migrationDirectories: await Promise.all(folders.map(readMigration)),
      },
      filters: NO_FILTERS,
    });
    return { applied: appliedMigrationNames, newer };
  } finally {
    await stop();
  }
}

/** The names of the migrations in the database; none in a new one. What was begun and not finished is forgotten. */
async function appliedBefore(address: DatabaseAddress): Promise<string[]> {
  const client = new pg.Client(connectionConfig(address));
  await client.connect();
  try {
    await forgetUndone(client);
    const done = await client.query<{ name: string }>(
      'SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
    );
    return done.rows.map((row) => row.name);
  } catch (error) {
    if ((error as { code?: string }).code === '42P01') return []; // undefined_table: a new database
    throw error;
  } finally {
    await client.end();
  }
}

async function startEngine(address: DatabaseAddress) {
  const pool = new CataloguePool({ ...connectionConfig(address), allowExitOnIdle: true });
  const datamodels = (await schemaFiles()).map((file): [string, string] => [file.path, file.content]);
  const engine = await SchemaEngine.new({ datamodels }, () => {}, bindMigrationAwareSqlAdapterFactory(new CataloguePg(pool)));
  const stop = async (): Promise<void> => {
    engine.free();
    await pool.end();
  };
  return { engine, stop };
}

function connectionConfig(address: DatabaseAddress): pg.PoolConfig {
  return address.kind === 'postgres' ? { connectionString: address.url } : { ...address.connection, max: 1 };
}

async function schemaFiles() {
  const path = join(PRISMA_FOLDER, 'schema.prisma');
  return [{ path, content: await readFile(path, 'utf8') }];
}

async function migrationFolders(): Promise<string[]> {
  const entries = await readdir(join(PRISMA_FOLDER, 'migrations'), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function readMigration(folder: string) {
  const value = await readFile(join(PRISMA_FOLDER, 'migrations', folder, 'migration.sql'), 'utf8');
  return { path: folder, migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value } } };
}
