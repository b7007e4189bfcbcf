import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dumpTo } from '#platform/embedded/dumps.ts';
import { EmbeddedDatabaseError, openEmbedded } from '#platform/embedded/embedded-database.ts';
import { restoreDump } from '#platform/embedded/restore.ts';
import { SNAPSHOT } from '../../support/test-database.ts';

const DUMP = 'botfactory-2026-01-01T00-00-00Z.tar.gz';
let root: string;
let good: string;

const run = async (dir: string, text: string): Promise<pg.QueryResultRow[]> => {
  const opened = await openEmbedded(dir);
  const client = new pg.Client(opened.connection);
  await client.connect();
  return client
    .query(text)
    .then(({ rows }) => rows)
    .finally(async () => {
      await client.end();
      await opened.close();
    });
};

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'bf-damaged-'));
  good = join(root, 'good/database');
  await mkdir(good, { recursive: true });
  const opened = await openEmbedded(good, { snapshotPath: SNAPSHOT });
  await mkdir(join(root, 'good/dumps'));
  await dumpTo(opened.connection, join(root, 'good/dumps', DUMP));
  await opened.close();
});
afterAll(() => rm(root, { recursive: true, force: true }));

let copies = 0;
/** A copy of the good installation; its database is at `data`. */
async function copy(): Promise<{ dir: string; data: string; dump: string }> {
  const base = join(root, `copy${++copies}`);
  await cp(join(root, 'good'), base, { recursive: true });
  return { dir: join(base, 'database'), data: join(base, 'database/pg'), dump: join(base, 'dumps', DUMP) };
}

const openError = (dir: string): Promise<Error> =>
  openEmbedded(dir).then(
    () => new Error('it was opened'),
    (error: Error) => error,
  );

test.each<[string, (data: string) => Promise<unknown>]>([
  ['the version file is gone', (data) => rm(join(data, 'PG_VERSION'))],
  ['the control file is empty', (data) => truncate(join(data, 'global/pg_control'), 0)],
  ['the control file is zeroed', (data) => writeFile(join(data, 'global/pg_control'), Buffer.alloc(8_192))],
  ['the tables are gone', (data) => rm(join(data, 'base'), { recursive: true })],
  ['the log of changes is gone', (data) => rm(join(data, 'pg_wal'), { recursive: true })],
])('when %s the start is refused with a reason, the files stay, and the newest dump is offered', async (_what, damage) => {
  const { dir, data, dump } = await copy();
  await damage(data);
  const filesBefore = (await readdir(data)).sort();

  const error = await openError(dir);

  expect(error).toBeInstanceOf(EmbeddedDatabaseError);
  expect(error.message).toContain('could not be opened');
  expect(error.message).toContain(`npm run db:restore -- ${dump}`);
  expect(error.message).not.toMatch(/Aborted|ASSERTIONS/);
  expect(await readdir(data)).toEqual(expect.arrayContaining(filesBefore.filter((name) => name !== 'postmaster.pid')));
});

test('data of another Postgres is refused with both versions', async () => {
  const { dir, data } = await copy();
  await writeFile(join(data, 'PG_VERSION'), '17\n');

  const { message } = await openError(dir);

  expect(message).toContain('written by Postgres 17, this version reads 18');
  expect(await readFile(join(data, 'PG_VERSION'), 'utf8')).toBe('17\n');
});

test('a restore moves damaged data aside and brings back the state of the dump', async () => {
  const { dir, data, dump } = await copy();
  await truncate(join(data, 'global/pg_control'), 0);

  const { kept, messages } = await restoreDump(dir, dump);

  expect(messages).toBe(0);
  expect(await readFile(join(kept as string, 'global/pg_control'))).toHaveLength(0);
  expect(await run(dir, 'SELECT count(*)::int AS n FROM bots')).toEqual([{ n: 0 }]);
  expect((await readdir(dir)).filter((name) => name.startsWith('restoring'))).toEqual([]);
});

test('a file that is no dump changes nothing', async () => {
  const { dir } = await copy();
  const file = join(dir, 'no-dump.tar.gz');
  await writeFile(file, 'hello');

  await expect(restoreDump(dir, file)).rejects.toThrow('Nothing was changed');
  expect(await run(dir, 'SELECT count(*)::int AS n FROM bots')).toEqual([{ n: 0 }]);
});

test('an open database is not restored into', async () => {
  const { dir, dump } = await copy();
  const opened = await openEmbedded(dir);

  await expect(restoreDump(dir, dump)).rejects.toThrow(`in use by process ${process.pid}`);
  await opened.close();
});

test('a first start killed before the database was complete does not block the next', async () => {
  const dir = join(root, 'fresh/database');
  await mkdir(join(dir, 'pg'), { recursive: true });
  await writeFile(join(dir, 'pg/PG_VERSION'), '18\n');

  expect(await run(dir, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect((await readdir(dir)).some((name) => name.startsWith('pg.unfinished-'))).toBe(true);
});
