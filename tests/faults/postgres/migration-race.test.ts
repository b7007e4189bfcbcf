// R13: several processes that start on a database that is not there yet, and one that dies while it makes it.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AppProcess, type Installation, newInstallation, startApp, until } from '../../support/app-process.ts';

const PROCESSES = 3;
// Four starts and a whole schema, on a machine with other work.
const BEGINS_WITHIN_MS = 90_000;

let installation: Installation;
const running: AppProcess[] = [];
beforeEach(async () => {
  installation = await newInstallation({ bare: true });
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.end('SIGTERM')));
  await installation.remove();
});

const env = () => ({ ...installation.env, SESSION_SECRET: 'one secret for all of these processes' });
async function start(): Promise<AppProcess> {
  const app = await startApp(env());
  running.push(app);
  return app;
}

/** What is recorded: each migration's name with how often it is there, and whether all ended. */
const applied = () =>
  installation.query<{ name: string; times: number; ended: boolean }>(
    `SELECT migration_name AS name, count(*)::int AS times, bool_and(finished_at IS NOT NULL AND rolled_back_at IS NULL) AS ended
     FROM _prisma_migrations GROUP BY 1 ORDER BY 1`,
  );
const serves = async (app: AppProcess): Promise<number[]> =>
  Promise.all(['/readyz', '/login'].map(async (path) => (await fetch(app.url + path)).status));

test(`${PROCESSES} processes that start together: each migration is applied once, and all of them serve`, async () => {
  const apps = await Promise.all(Array.from({ length: PROCESSES }, start));

  const rows = await applied();
  expect(rows.length).toBeGreaterThan(5);
  expect(rows.filter(({ times, ended }) => times !== 1 || !ended)).toEqual([]);
  expect(await Promise.all(apps.map(serves))).toEqual(apps.map(() => [200, 200]));
});

test.each([
  ['before the first', "SELECT 1 FROM information_schema.tables WHERE table_name = '_prisma_migrations'"],
  ['at the first', 'SELECT 1 FROM _prisma_migrations'],
  ['some way on', 'SELECT 1 FROM _prisma_migrations OFFSET 4'],
])('one that dies in the midst of it, %s, holds nobody up: the next start finishes, each migration is there once', async (_when, begun) => {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../../src/main.ts')], {
    env: { PATH, HOME, PORT: '0', HOST: '127.0.0.1', ...env() },
    stdio: 'ignore',
  });
  const there = () => installation.query(begun).catch(() => []);
  await until(
    async () => (await there()).length > 0,
    BEGINS_WITHIN_MS,
    () => 'never began',
  );
  child.kill('SIGKILL');

  const app = await start();
  const rows = await applied();
  expect(rows.length).toBeGreaterThan(5);
  expect(rows.filter(({ times, ended }) => times !== 1 || !ended)).toEqual([]);
  expect(await serves(app)).toEqual([200, 200]);
});
