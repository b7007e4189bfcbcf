import { createHash } from 'node:crypto';
import { cpSync, existsSync, globSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
/** What the database is made from. */
const SOURCES = [
  'node_modules/@electric-sql/pglite/package.json',
  'node_modules/pg-boss/package.json',
  'prisma/migrations/*/migration.sql',
];

/**
 * Where `npm install` puts a migrated database without data. A first start copies it, because initdb and the migrations take
 * about 8 s of CPU time. The name changes with the sources, so an outdated one is never used.
 */
export function preparedDatabase(): string {
  const hash = createHash('sha256');
  for (const pattern of SOURCES)
    for (const file of globSync(pattern, { cwd: ROOT }).sort()) hash.update(readFileSync(join(ROOT, file)));
  return join(ROOT, 'node_modules/.cache/botfactory', `database-${hash.digest('hex').slice(0, 16)}`);
}

/** Copies the prepared database to `dataDir`. Does nothing when `dataDir` exists, or when none was prepared that we may read. */
export function copyPrepared(dataDir: string, prepared = preparedDatabase()): void {
  if (existsSync(dataDir) || !existsSync(prepared)) return;
  const part = `${dataDir}.part`;
  try {
    rmSync(part, { recursive: true, force: true });
    // A thousand small files: one call is ten times faster than the asynchronous one, and this thread has nothing else to do.
    cpSync(prepared, part, { recursive: true });
    // A start that is killed while it copies leaves only the part, which the next start removes.
    renameSync(part, dataDir);
  } catch {
    rmSync(part, { recursive: true, force: true });
  }
}
