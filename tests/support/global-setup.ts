// Once per schema: a migrated snapshot for the embedded database, or a migrated template database on Postgres. Every test
// file then starts from a copy instead of migrating anew.
import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { type DatabaseAddress, openDatabase } from '../../src/platform/db/database.ts';
import { migrate } from '../../src/platform/db/migrate.ts';
import { dumpTo } from '../../src/platform/embedded/dumps.ts';
import { openEmbedded } from '../../src/platform/embedded/embedded-database.ts';
import { createQueueSchema } from '../../src/platform/jobs/queue-schema.ts';
import { adminUrl, SNAPSHOT, STARTED, TEMPLATE, withDatabase } from './test-database.ts';

export default async function setup(): Promise<() => Promise<void>> {
  const runFolder = await mkdtemp(join(tmpdir(), 'bf-run-'));
  process.env.TEST_RUN_FOLDER = runFolder;
  // On Postgres too: some tests are about the embedded database itself.
  if (!existsSync(STARTED)) await makeEmbedded(runFolder);
  if (process.env.TEST_DATABASE_URL) await makeTemplate();
  return () => rm(runFolder, { recursive: true, force: true });
}

async function prepare(address: DatabaseAddress): Promise<void> {
  await migrate(address);
  const database = openDatabase(address, { onError: () => {} });
  await createQueueSchema(database);
  await database.close();
}

/** Each run works in a folder of its own and moves what is ready, so that two runs at once do each other no harm. */
async function makeEmbedded(runFolder: string): Promise<void> {
  const dir = join(runFolder, 'installation');
  const dump = join(runFolder, 'snapshot.tar.gz');
  const embedded = await openEmbedded(dir);
  await prepare({ kind: 'embedded', connection: embedded.connection });
  await dumpTo(embedded.connection, dump);
  await embedded.close();
  await mkdir(dirname(SNAPSHOT), { recursive: true });
  // The temporary folder may be on another disk, where nothing can be renamed into place.
  const beside = await mkdtemp(`${STARTED}-part-`);
  await copyFile(dump, join(beside, 'dump'));
  await rename(join(beside, 'dump'), SNAPSHOT);
  await cp(dir, beside, { recursive: true });
  await rename(beside, STARTED).catch(async () => {
    await rm(beside, { recursive: true });
    if (!existsSync(STARTED)) throw new Error(`${STARTED} could not be made`);
  });
}

async function makeTemplate(): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl() });
  await client.connect();
  try {
    // Until the connection ends: of two runs at once one makes it.
    await client.query('SELECT pg_advisory_lock(7242025)');
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
