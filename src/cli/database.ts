// npm run db:dump -- [FILE] and npm run db:restore -- FILE, for the embedded database. The process that holds the database
// writes the dump, so the app may run. Exit codes: 0 done, 1 refused, 2 usage.
import { existsSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { dataIn, dumpsBeside, EmbeddedDatabaseError } from '#platform/embedded/data-folder.ts';
import { dumpPath, dumpTo } from '#platform/embedded/dumps.ts';
import { connectToHolder, openEmbedded } from '#platform/embedded/embedded-database.ts';
import { restoreDump } from '#platform/embedded/restore.ts';
import { EnvError, readEnv } from '../env.ts';

const USAGE = `Usage: npm run db:dump -- [FILE]
       npm run db:restore -- FILE`;
// --clean cannot drop the partitions of the queue's tables, so a dump goes into a new database.
const ON_POSTGRES = `DATABASE_URL is set, so the data is in Postgres, which has tools of its own:
       pg_dump --format=custom --file=FILE "$DATABASE_URL"
       pg_restore --no-owner --exit-on-error --dbname=URL_OF_A_NEW_EMPTY_DATABASE FILE`;

const [command = '', file] = process.argv.slice(2);
process.exitCode = await main().catch((error: unknown) => {
  const expected = error instanceof EnvError || error instanceof EmbeddedDatabaseError;
  console.error(expected ? error.message : `It did not work: ${(error as Error).message}`);
  return 1;
});

async function main(): Promise<number> {
  if (command !== 'dump' && !(command === 'restore' && file)) {
    console.error(USAGE);
    return 2;
  }
  const { DATABASE_URL, DATA_DIR } = readEnv();
  if (DATABASE_URL) throw new EmbeddedDatabaseError(ON_POSTGRES);
  const dir = join(DATA_DIR, 'database');
  return command === 'dump' ? dump(dir, file) : restore(dir, resolve(file as string));
}

async function dump(dir: string, file: string | undefined): Promise<number> {
  if (!existsSync(dataIn(dir))) throw new EmbeddedDatabaseError(`There is no database in ${dir}.`);
  await mkdir(dumpsBeside(dir), { recursive: true, mode: 0o700 });
  const path = resolve(file ?? dumpPath(dumpsBeside(dir)));
  const running = await connectToHolder(dir);
  const opened = running ? null : await openEmbedded(dir);
  const connection = running ?? (opened as NonNullable<typeof opened>).connection;
  await dumpTo(connection, path).finally(() => opened?.close());
  const { size } = await stat(path);
  console.log(`${path} (${(size / 1e6).toFixed(1)} MB)`);
  console.log('The secrets in it open only with the same SESSION_SECRET and ENCRYPTION_KEY: keep those as well, elsewhere.');
  return 0;
}

async function restore(dir: string, path: string): Promise<number> {
  if (!existsSync(path)) throw new EmbeddedDatabaseError(`There is no file ${path}.`);
  const { kept, messages } = await restoreDump(dir, path);
  console.log(`${path} is in place, with ${messages} messages. Start the app as usual.`);
  if (kept) console.log(`The files of before are in ${kept}: delete them when all is well.`);
  return 0;
}
