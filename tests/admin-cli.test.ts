import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createUsersRepo } from '../src/features/auth/users.repo.ts';
import { type OpenedDatabase, openMigrated } from '../src/platform/db/open.ts';
import { type Installation, newInstallation } from './support/app-process.ts';

const ROOT = join(import.meta.dirname, '..');
// Opening the embedded database several times, on a machine with other work.
const TIMEOUT_MS = 120_000;
let installation: Installation;
/** What the running app holds: the embedded database, or a pool on Postgres. */
let running: OpenedDatabase | null;

beforeAll(async () => {
  installation = await newInstallation();
  const { DATABASE_URL, DATA_DIR = '' } = installation.env;
  running = await openMigrated({ databaseUrl: DATABASE_URL, dataDir: DATA_DIR, onError: () => {} });
  const names = { username: 'Shahlo', usernameKey: 'shahlo', email: 's@example.com', emailKey: 's@example.com' };
  await createUsersRepo(running.database).insertWithTenant({ ...names, passwordHash: '-', language: 'uz' });
}, TIMEOUT_MS);
afterAll(async () => {
  await running?.close();
  await installation.remove();
});

function admin(...words: string[]): Promise<{ code: number; out: string }> {
  const env = { PATH: process.env.PATH, NODE_OPTIONS: '--disable-warning=ExperimentalWarning', ...installation.env };
  return new Promise((resolve) => {
    execFile(process.execPath, ['src/admin-cli.ts', ...words], { cwd: ROOT, env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), out: stdout + stderr });
    });
  });
}

test(
  'beside the running app and without it, admins are granted, listed and revoked',
  async () => {
    expect(await admin('list')).toEqual({ code: 0, out: 'There is no admin yet.\n' });
    expect(await admin('grant', 'SHAHLO')).toEqual({ code: 0, out: 'Shahlo <s@example.com> is an admin now.\n' });
    expect(await admin('revoke', 's@example.com')).toMatchObject({ code: 1, out: expect.stringContaining('the only admin') });
    expect(await admin('grant', 'nobody')).toMatchObject({ code: 1, out: expect.stringContaining('Nobody has the name') });

    await running?.close();
    running = null;
    expect(await admin('list')).toEqual({ code: 0, out: 'Shahlo <s@example.com>\n' });
    expect((await admin('revoke', 'shahlo')).code).toBe(1);
  },
  TIMEOUT_MS,
);

test.each([[[]], [['grant']], [['remove', 'shahlo']]])('%j is answered with how it is used', async (words) => {
  expect(await admin(...words)).toMatchObject({ code: 2, out: expect.stringContaining('Usage:') });
});
