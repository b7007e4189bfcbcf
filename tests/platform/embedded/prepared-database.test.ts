import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyPrepared, preparedDatabase } from '#platform/embedded/prepared-database.ts';

let root: string;
let prepared: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'bf-prepared-'));
  prepared = join(root, 'prepared');
  await mkdir(join(prepared, 'base/1'), { recursive: true });
  await writeFile(join(prepared, 'PG_VERSION'), '18\n');
});
afterAll(() => rm(root, { recursive: true, force: true }));

test('a new data folder starts as a copy of the prepared database', async () => {
  const data = join(root, 'new');
  copyPrepared(data, prepared);

  expect((await readdir(data)).sort()).toEqual(['PG_VERSION', 'base']);
  expect(await readdir(join(data, 'base'))).toEqual(['1']);
});

test('a copy that was killed half way is made again', async () => {
  const data = join(root, 'killed');
  await mkdir(`${data}.part`);
  await writeFile(join(`${data}.part`, 'half'), '');
  copyPrepared(data, prepared);

  expect((await readdir(data)).sort()).toEqual(['PG_VERSION', 'base']);
  expect(existsSync(`${data}.part`)).toBe(false);
});

test('a data folder that exists is left as it is', async () => {
  const data = join(root, 'existing');
  await mkdir(data);
  await writeFile(join(data, 'PG_VERSION'), '17\n');
  copyPrepared(data, prepared);

  expect(await readFile(join(data, 'PG_VERSION'), 'utf8')).toBe('17\n');
});

test('without a prepared database nothing is copied', () => {
  copyPrepared(join(root, 'none'), join(root, 'no-such-folder'));

  expect(existsSync(join(root, 'none'))).toBe(false);
});

test('the prepared database lies among the installed packages, which every install makes anew', () => {
  expect(preparedDatabase()).toMatch(/node_modules\/\.cache\/botfactory\/database-[0-9a-f]{16}$/);
});
