// Runs after npm install: makes the database that a first start copies (prepared-database.ts). Without it a first start works
// as well, but takes several seconds longer.
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openDatabase } from '../src/platform/db/database.ts';
import { migrate } from '../src/platform/db/migrate.ts';
import { dataIn } from '../src/platform/embedded/data-folder.ts';
import { openEmbedded } from '../src/platform/embedded/embedded-database.ts';
import { preparedDatabase } from '../src/platform/embedded/prepared-database.ts';
import { createQueueSchema } from '../src/platform/jobs/queue-schema.ts';

const prepared = preparedDatabase();
if (!existsSync(prepared)) {
  await prepare().catch((error: Error) => console.warn(`No database was prepared for the first start: ${error.message}`));
}

async function prepare(): Promise<void> {
  const part = `${prepared}.${process.pid}`;
  const folder = dirname(prepared);
  await mkdir(folder, { recursive: true });
  const outdated = (await readdir(folder)).filter((name) => name.startsWith('database-'));
  for (const name of outdated) await rm(join(folder, name), { recursive: true, force: true });
  try {
    const embedded = await openEmbedded(part);
    await migrate({ kind: 'embedded', connection: embedded.connection });
    const database = openDatabase({ kind: 'embedded', connection: embedded.connection }, { onError: console.warn });
    await createQueueSchema(database);
    await database.close();
    await embedded.close();
    await makeReadable(dataIn(part));
    await rename(dataIn(part), prepared);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

/** Who installs is often not who runs it, and PGlite makes some files private. There is no data in them. */
async function makeReadable(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
  }
}
