import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPasswordResetsQueries } from '../../src/features/auth/password-resets.queries.ts';
import { hashOf } from '../../src/features/auth/reset-link.ts';
import { createTwoFactorQueries } from '../../src/features/auth/two-factor.queries.ts';
import { createUsersQueries } from '../../src/features/auth/users.queries.ts';
import type { Database } from '../../src/platform/db/database.ts';
import { type OpenedDatabase, openMigrated } from '../../src/platform/db/open.ts';
import { CODE_CACHE, type Installation, newInstallation } from '../support/app-process.ts';

const ROOT = join(import.meta.dirname, '../..');
// Opening the embedded database several times, on a machine with other work.
const TIMEOUT_MS = 300_000;
let installation: Installation;
/** What the running app holds: the embedded database, or a pool on Postgres. */
let running: OpenedDatabase | null;

beforeAll(async () => {
  installation = await newInstallation();
  const { DATABASE_URL, DATA_DIR = '' } = installation.env;
  running = await openMigrated({ databaseUrl: DATABASE_URL, dataDir: DATA_DIR, onError: () => {} });
  const names = { username: 'Shahlo', usernameKey: 'shahlo', email: 's@example.com', emailKey: 's@example.com' };
  await createUsersQueries({ database: running.database }).createWithTenant({ ...names, passwordHash: '-', language: 'uz' });
}, TIMEOUT_MS);
afterAll(async () => {
  await running?.close();
  await installation.remove();
});

function admin(...words: string[]): Promise<{ code: number; out: string }> {
  const flags = { NODE_OPTIONS: '--disable-warning=ExperimentalWarning', ...CODE_CACHE };
  const env = { PATH: process.env.PATH, ...flags, ...installation.env };
  return new Promise((resolve) => {
    execFile(process.execPath, ['src/cli/admin.ts', ...words], { cwd: ROOT, env }, (error, stdout, stderr) => {
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
    expect(await admin('rotate-keys')).toMatchObject({ code: 0, out: expect.stringContaining('0 connections were sealed anew') });
    const isLent = "The business of Shahlo may now use this installation's Meta credentials.\n";
    expect(await admin('lend-values', 'Shahlo')).toEqual({ code: 0, out: isLent });
    expect(await admin('withdraw-values', 'Shahlo')).toMatchObject({ code: 0, out: expect.stringContaining('no longer') });
    expect(await admin('reset-password', 'nobody')).toMatchObject({
      code: 1,
      out: expect.stringContaining('Nobody has the name'),
    });
    const factors = createTwoFactorQueries({ database: running?.database as Database });
    const shahlo = await createUsersQueries({ database: running?.database as Database }).findByLoginAcrossTenants('shahlo');
    await factors.begin(shahlo?.id as string, 'sealed');
    const isOff = 'Two-step sign-in of Shahlo is off.\n';
    expect(await admin('reset-second-step', 'Shahlo')).toEqual({ code: 0, out: isOff });
    expect(await factors.find(shahlo?.id as string)).toBeNull();
    expect(await admin('reset-second-step', 'Shahlo')).toEqual({ code: 1, out: 'Shahlo has no two-step sign-in.\n' });
    const { out } = await admin('reset-password', 'Shahlo');
    const token = /^http:\/\/localhost:\d+\/reset-password\/(\S{43})\n$/.exec(out)?.[1] as string;
    const resets = createPasswordResetsQueries({ database: running?.database as Database });
    expect(await resets.findByTokenAcrossTenants(hashOf(token), new Date())).toMatchObject({ username: 'Shahlo' });

    await running?.close();
    running = null;
    expect(await admin('list')).toEqual({ code: 0, out: 'Shahlo <s@example.com>\n' });
  },
  TIMEOUT_MS,
);

test.each([[['reset-password']], [['remove', 'shahlo']]])('%j is answered with how it is used', async (words) => {
  expect(await admin(...words)).toMatchObject({ code: 2, out: expect.stringContaining('Usage:') });
});
