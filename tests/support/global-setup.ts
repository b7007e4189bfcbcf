// Once per schema: a migrated snapshot for the embedded database, or a migrated template database on Postgres. Every test
// file then starts from a copy instead of migrating anew.
import { existsSync, mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type DatabaseAddress, openDatabase } from '../../src/platform/db/database.ts';
import { migrate } from '../../src/platform/db/migrate.ts';
import { dumpTo } from '../../src/platform/embedded/dumps.ts';
import { openEmbedded } from '../../src/platform/embedded/embedded-database.ts';
import { createQueueSchema } from '../../src/platform/jobs/queue-schema.ts';
import { adminUrl, SNAPSHOT, TEMPLATE, withDatabase } from './test-database.ts';

export default async function setup(): Promise<void> {
  // On Postgres too: some tests are about the embedded database itself.
  await makeSnapshot();
  if (process.env.TEST_DATABASE_URL) await makeTemplate();
}

async function prepare(address: DatabaseAddress): Promise<void> {
  await migrate(address);
  const database = openDatabase(address, { onError: () => {} });
  await createQueueSchema(database);
  await database.close();
}

async function makeSnapshot(): Promise<void> {
  if (existsSync(SNAPSHOT)) return;
  const dir = await mkdtemp(join(tmpdir(), 'bf-snapshot-'));
  const embedded = await openEmbedded(dir, { volatile: true });
  await prepare({ kind: 'embedded', connection: embedded.connection });
  mkdirSync(join(SNAPSHOT, '..'), { recursive: true });
  await dumpTo(embedded.connection, SNAPSHOT);
  await embedded.close();
  await rm(dir, { recursive: true, force: true });
}

async function makeTemplate(): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl() });
  await client.connect();
  try {
    const existing = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [TEMPLATE]);
    if (existing.rowCount) return;
    const part = `${TEMPLATE}_part`;
    await client.query(`DROP DATABASE IF EXISTS ${part} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${part}`);
    await prepare({ kind: 'postgres', url: withDatabase(part) });
    await client.query(`ALTER DATABASE ${part} RENAME TO ${TEMPLATE}`);
  } finally {
    await client.end();
  }
}
