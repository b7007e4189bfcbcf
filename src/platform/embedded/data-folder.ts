import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StartError } from '../start-error.ts';

/** The Postgres version inside the pinned PGlite 0.5.16; data of another version cannot be opened. */
const PG_MAJOR = '18';
const OWNER_FILE = 'owner.json';
const DUMP_NAME = /^botfactory-.*\.tar\.gz$/;

export class EmbeddedDatabaseError extends StartError {}

/** The folder above also holds the lock. */
export const dataIn = (dir: string): string => join(dir, 'pg');

/** Beside the database's folder, so that dumps outlive it. */
export const dumpsBeside = (dir: string): string => join(dirname(dir), 'dumps');

export const stampOf = (at: Date): string => at.toISOString().slice(0, 19).replaceAll(':', '-');

/** Oldest first: the names begin with the time. */
export async function dumpsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  return names
    .filter((name) => DUMP_NAME.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/** Names the holder. Once this file exists, there is data to lose. */
export async function writeOwner(dir: string): Promise<void> {
  await writeFile(join(dir, OWNER_FILE), JSON.stringify({ pid: process.pid, startedAt: new Date().toISOString() }));
}

export async function ownerOf(dir: string): Promise<{ pid: number } | null> {
  const text = await readFile(join(dir, OWNER_FILE), 'utf8').catch(() => 'null');
  return JSON.parse(text) as { pid: number } | null;
}

/**
 * PGlite would make a new database over damaged files, so they are checked before. An unfinished first start is moved aside.
 * @throws EmbeddedDatabaseError
 */
export async function checkData(dir: string): Promise<void> {
  const data = dataIn(dir);
  const files = await readdir(data).catch((): string[] => []);
  if (files.length === 0) return;
  if ((await ownerOf(dir)) === null) {
    await setAside(data, 'unfinished');
    return;
  }
  const version = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => '');
  const isWhole = ['PG_VERSION', 'base', 'global'].every((name) => files.includes(name));
  if (!isWhole || version.trim() === '') throw await damagedError(dir, 'files are missing');
  if (version.trim() === PG_MAJOR) return;
  throw new EmbeddedDatabaseError(
    `The data in ${data} was written by Postgres ${version.trim()}, this version reads ${PG_MAJOR}. ` +
      'The files were left as they are. Start the version that wrote them, make a dump, and restore it here.',
  );
}

export async function setAside(path: string, why: string): Promise<string> {
  const aside = `${path}.${why}-${stampOf(new Date())}`;
  await rename(path, aside);
  return aside;
}

/** The files stay as they are; the message shows the remedy. */
export async function damagedError(dir: string, why: string): Promise<EmbeddedDatabaseError> {
  const newest = (await dumpsIn(dumpsBeside(dir))).at(-1);
  const offer = newest
    ? `The newest dump is ${basename(newest)}: npm run db:restore -- ${newest} puts it in place and keeps the present files aside.`
    : 'There is no dump in the dumps folder; if you have one elsewhere: npm run db:restore -- FILE.';
  return new EmbeddedDatabaseError(
    `The embedded database in ${dataIn(dir)} could not be opened: ${why}. Its files were left as they are. ${offer}`,
  );
}
