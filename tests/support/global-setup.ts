// Once per run: a migrated snapshot for the embedded database, or a migrated template database on Postgres. Every test
// file then starts from a copy instead of migrating anew.
import { mkdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createQueueSchema } from '../../src/jobs/queue-schema.ts';
import { type DatabaseAddress, openDatabase } from '../../src/platform/db/database.ts';
import { migrate } from '../../src/platform/db/migrate.ts';
import { openEmbedded } from '../../src/platform/embedded/embedded-database.ts';
import { adminUrl, SNAPSHOT, TEMPLATE, withDatabase } from './test-database.ts';

export default async function setup(): Promise<void> {
  await (process.env.TEST_DATABASE_URL ? makeTemplate() : makeSnapshot());
}

async function prepare(address: DatabaseAddress): Promise<void> {
  await migrate(address);
  const database = openDatabase(address, { onError: () => {} });
  await createQueueSchema(database);
  await database.close();
}

async function makeSnapshot(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'bf-snapshot-'));
  const embedded = await openEmbedded(dir, { volatile: true });
  await prepare({ kind: 'embedded', connection: embedded.connection });
  mkdirSync(join(SNAPSHOT, '..'), { recursive: true });
  await writeFile(SNAPSHOT, await embedded.dump());
  await embedded.close();
  await rm(dir, { recursive: true, force: true });
}

async function makeTemplate(): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl() });
  await client.connect();
  await client.query(`DROP DATABASE IF EXISTS ${TEMPLATE} WITH (FORCE)`);
  await client.query(`CREATE DATABASE ${TEMPLATE}`);
  await client.end();
  await prepare({ kind: 'postgres', url: withDatabase(TEMPLATE) });
}
