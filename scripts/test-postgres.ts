// npm run test:postgres [-- vitest's arguments]: the tests that need Postgres. The role must be allowed to create databases.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const url = process.env.TEST_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const vitest = join(import.meta.dirname, '../node_modules/vitest/vitest.mjs');
const args = [vitest, 'run', '--config', 'vitest.postgres.config.ts', ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', env: { ...process.env, TEST_DATABASE_URL: url } });
process.exit(status ?? 1);
