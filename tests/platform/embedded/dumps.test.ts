import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDumps, dumpTo } from '#platform/embedded/dumps.ts';
import { type EmbeddedDatabase, openEmbedded } from '#platform/embedded/embedded-database.ts';
import { until } from '../../support/app-process.ts';
import { silent } from '../../support/pipeline.ts';
import { SNAPSHOT } from '../../support/test-database.ts';

let root: string;
let opened: EmbeddedDatabase;
let client: pg.Client;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'bf-dumps-'));
  opened = await openEmbedded(join(root, 'database'), { snapshotPath: SNAPSHOT });
  client = new pg.Client(opened.connection);
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await opened.close();
  await rm(root, { recursive: true, force: true });
});

const dumps = (folder: string, settings: Partial<Parameters<typeof createDumps>[0]> = {}) =>
  createDumps({ connection: opened.connection, folder, everyMs: 900_000, keep: 2, minFreeBytes: 0, logger: silent, ...settings });

test('a dump taken beside the running database opens elsewhere and holds what was committed', async () => {
  await client.query("INSERT INTO tenants (id, name) VALUES (gen_random_uuid(), 'Oltin Non')");
  const file = join(root, 'one.tar.gz');
  await dumpTo(opened.connection, file);
  await client.query("INSERT INTO tenants (id, name) VALUES (gen_random_uuid(), 'Later')");

  const copy = await openEmbedded(join(root, 'copy'), { snapshotPath: file });
  const reader = new pg.Client(copy.connection);
  await reader.connect();
  const { rows } = await reader.query('SELECT name FROM tenants');
  await reader.end();
  await copy.close();

  expect(rows).toEqual([{ name: 'Oltin Non' }]);
});

test('a dump waits for an open transaction, and others continue afterwards', async () => {
  await client.query('BEGIN');
  const file = join(root, 'two.tar.gz');
  const dumped = dumpTo(opened.connection, file);
  await client.query("INSERT INTO tenants (id, name) VALUES (gen_random_uuid(), 'In a transaction')");
  expect(await readdir(root)).not.toContain('two.tar.gz');
  await client.query('COMMIT');

  await dumped;

  expect(await readdir(root)).toContain('two.tar.gz');
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test('a failed dump reports it, leaves nothing behind, and the database goes on', async () => {
  await expect(dumpTo(opened.connection, join(root, 'no-such-folder/x.tar.gz'))).rejects.toThrow('could not be written');
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test('the last two dumps are kept; other files are not touched', async () => {
  const folder = join(root, 'dumps');
  await mkdir(folder);
  for (const name of ['botfactory-2026-01-01T00-00-00Z.tar.gz', 'botfactory-2026-01-02T00-00-00Z.tar.gz', 'mine.tar.gz'])
    await writeFile(join(folder, name), '');

  await dumps(folder).dump();

  const left = (await readdir(folder)).sort();
  expect(left).toHaveLength(3);
  expect(left).toEqual(expect.arrayContaining(['botfactory-2026-01-02T00-00-00Z.tar.gz', 'mine.tar.gz']));
});

test('no dump is made when too little space would be left', async () => {
  const folder = join(root, 'full');
  await dumps(folder, { minFreeBytes: Number.MAX_SAFE_INTEGER }).dump();
  expect(await readdir(folder)).toEqual([]);
});

test('by schedule: again and again until stopped', async () => {
  const folder = join(root, 'scheduled');
  const scheduled = dumps(folder, { everyMs: 50 });
  await scheduled.start();
  const files = async (): Promise<string[]> => (await readdir(folder).catch((): string[] => [])).sort();
  // The third dump may delete the first.
  const made = new Set<string>();
  const second = async (): Promise<boolean> => {
    for (const name of await files()) if (name.endsWith('Z.tar.gz')) made.add(name);
    return made.size >= 2;
  };
  await until(second, 60_000, () => 'no second dump');

  await scheduled.stop();
  // Names repeat within a second. A running dump has a temporary file until it gets its name.
  const written = async (): Promise<unknown> =>
    Promise.all((await files()).map(async (name) => ({ name, atMs: (await stat(join(folder, name))).mtimeMs })));
  const atStop = await written();
  // Takes longer than the schedule's interval.
  await dumps(join(root, 'later')).dump();

  expect(await written()).toEqual(atStop);
});
