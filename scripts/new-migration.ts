// npm run db:migration -- NAME: writes the difference between the migrations and prisma/schema.prisma as the next migration.
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../src/platform/db/migrate.ts';
import { openEmbedded } from '../src/platform/embedded/embedded-database.ts';
import { schemaDrift } from './schema-drift.ts';

const name = process.argv[2];
if (!name || !/^[a-z0-9_]+$/.test(name)) {
  console.error('Usage: npm run db:migration -- name_in_snake_case');
  process.exit(1);
}

const dir = await mkdtemp(join(tmpdir(), 'bf-migration-'));
const embedded = await openEmbedded(dir, { volatile: true });
const address = { kind: 'embedded', connection: embedded.connection } as const;
try {
  await migrate(address);
  const sql = await schemaDrift(address);
  if (sql === '') {
    console.log('The schema and the migrations agree: nothing to write.');
  } else {
    const root = join(import.meta.dirname, '../prisma/migrations');
    const count = (await readdir(root, { withFileTypes: true })).filter((entry) => entry.isDirectory()).length;
    const folder = join(root, `${String(count + 1).padStart(4, '0')}_${name}`);
    await mkdir(folder);
    await writeFile(join(folder, 'migration.sql'), `${sql}\n`);
    console.log(`Written: ${folder}/migration.sql. Read it before you commit it.`);
  }
} finally {
  await embedded.close();
  await rm(dir, { recursive: true, force: true });
}
