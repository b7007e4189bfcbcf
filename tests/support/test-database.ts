import { createHash, randomUUID } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Database, type DatabaseAddress, openDatabase } from '../../src/platform/db/database.ts';
import { idle, openReusable } from './reusable-database.ts';

const ROOT = join(import.meta.dirname, '../..');

const SHAPED_BY = [
  'prisma/migrations/*/migration.sql',
  'src/platform/jobs/queue-schema.ts',
  'node_modules/{pg-boss,@electric-sql/pglite}/package.json',
];

/**
 * Changes with whatever shapes an empty database, so that an old snapshot or template is never used for a new schema. The
 * run's own is fixed at its start: a migration written meanwhile is the next run's.
 */
process.env.TEST_DATABASE_SHAPE ??= globSync(SHAPED_BY, { cwd: ROOT })
  .sort()
  .reduce((hash, file) => hash.update(file).update(readFileSync(join(ROOT, file))), createHash('sha256'))
  .digest('hex')
  .slice(0, 12);
const SHAPE = process.env.TEST_DATABASE_SHAPE;

/** The migrated embedded database without rows: a dump, and the folder of an installation that was started once. */
export const SNAPSHOT = join(ROOT, `.cache/test-snapshot-${SHAPE}.tar.gz`);
export const STARTED = join(ROOT, `.cache/test-installation-${SHAPE}`);
export const TEMPLATE = `botfactory_template_${SHAPE}`;

/** Temporary files of this run; removed at its end. */
export const runFolder = (): string => process.env.TEST_RUN_FOLDER ?? tmpdir();

export const adminUrl = (): string => process.env.TEST_DATABASE_URL as string;

export function withDatabase(name: string): string {
  const url = new URL(adminUrl());
  url.pathname = `/${name}`;
  return url.href;
}

export interface TestDatabase {
  database: Database;
  address: DatabaseAddress;
  close(): Promise<void>;
}

/**
 * A migrated database without rows: on PGlite, or on Postgres when TEST_DATABASE_URL is set. Close it in afterAll.
 * `fresh`: never had a row, for tests of query plans.
 */
export async function testDatabase({ fresh = false } = {}): Promise<TestDatabase> {
  return process.env.TEST_DATABASE_URL ? onPostgres() : onEmbedded(fresh);
}

/** Opening PGlite costs 2 s of a core, so a worker hands its databases, emptied, from one file to the next. */
async function onEmbedded(fresh: boolean): Promise<TestDatabase> {
  const opened = (fresh ? undefined : idle.pop()) ?? (await openReusable());
  const address: DatabaseAddress = { kind: 'embedded', connection: opened.embedded.connection };
  const database = openDatabase(address, { onError: () => {} });
  return {
    database,
    address,
    async close() {
      await database.close();
      if (await opened.empty()) idle.push(opened);
      else await opened.embedded.close();
    },
  };
}

async function onPostgres(): Promise<TestDatabase> {
  const { url, drop } = await createPostgresDatabase();
  const address: DatabaseAddress = { kind: 'postgres', url };
  const database = openDatabase(address, { onError: () => {} });
  return {
    database,
    address,
    async close() {
      await database.close();
      await drop();
    },
  };
}

/** A migrated database without rows on the server of TEST_DATABASE_URL, for whoever connects by URL; `bare`: without tables too. */
export async function createPostgresDatabase({ bare = false } = {}): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `botfactory_test_${randomUUID().replaceAll('-', '')}`;
  await asAdmin(`CREATE DATABASE ${name} TEMPLATE ${bare ? 'template0' : TEMPLATE}`);
  return { url: withDatabase(name), drop: () => asAdmin(`DROP DATABASE ${name} WITH (FORCE)`) };
}

async function asAdmin(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl() });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
