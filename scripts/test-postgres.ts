// npm run test:postgres [-- vitest's arguments]: the same tests on a Postgres server, which may create and drop databases.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const url = process.env.TEST_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const vitest = join(import.meta.dirname, '../node_modules/vitest/vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, TEST_DATABASE_URL: url },
});
process.exit(status ?? 1);
