import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readEnv } from '../../src/env.ts';
import { openMigrated } from '../../src/platform/db/open.ts';
import { type Installation, newInstallation } from '../support/app-process.ts';
import { type GeminiEmulator, startGeminiEmulator } from '../support/gemini-emulator/gemini-emulator.ts';

const ROOT = join(import.meta.dirname, '../..');
let installation: Installation;
let gemini: GeminiEmulator;
beforeAll(async () => {
  [installation, gemini] = await Promise.all([newInstallation(), startGeminiEmulator()]);
});
afterAll(async () => {
  await gemini.close();
  await installation.remove();
});

function doctor(settings: Record<string, string> = {}): Promise<{ code: number; out: string }> {
  const env = {
    PATH: process.env.PATH,
    NODE_OPTIONS: '--disable-warning=ExperimentalWarning',
    ...installation.env,
    GEMINI_BASE_URL: gemini.url,
    GEMINI_API_KEY: gemini.apiKey,
    ...settings,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, ['src/cli/doctor.ts'], { cwd: ROOT, env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), out: stdout + stderr });
    });
  });
}

test('before the first start and after it, what is right and what is still to do is said', async () => {
  const before = await doctor();
  expect(before.out).toContain('ok   environment: every setting is understood');
  expect(before.out).toContain('Google serves it');
  expect(before.out).toContain('WARN mail: SMTP_URL is not set');
  expect(before).toMatchObject({ code: 0 });

  const { DATABASE_URL: databaseUrl, DATA_DIR: dataDir, ENCRYPTION_KEYS: keys } = readEnv(installation.env);
  const opened = await openMigrated({ databaseUrl, dataDir, keys, onError: () => {} });
  await opened.close();
  expect((await doctor()).out).toContain('ok   keys: they open what the database holds');
  const other = await doctor({ ENCRYPTION_KEY: 'another-key-of-thirty-two-bytes!' });
  expect(other.out).toContain('BAD  keys: ENCRYPTION_KEY is not the key of this database');
  expect(other.out).not.toContain('another-key');
  expect(other.code).toBe(1);
});

test('a refused key, a retired model, an address nobody answers at and a bad setting are named with what to do', async () => {
  gemini.controls.retired.add('gemini-old');
  const settings = { GEMINI_MODEL: 'gemini-old', PUBLIC_URL: 'http://127.0.0.1:1', SMTP_URL: 'smtp://127.0.0.1:1' };
  const { code, out } = await doctor(settings);
  expect(code).toBe(1);
  expect(out).toContain('BAD  AI gemini-old: Google does not know it');
  expect(out).toContain('BAD  public address: http://127.0.0.1:1');
  expect(out).toContain('BAD  mail: 127.0.0.1');
  const refused = await doctor({ GEMINI_API_KEY: 'wrong-key-of-somebody' });
  expect(refused.out).toContain('refused (400)');
  expect(refused.out).not.toContain('wrong-key-of-somebody');
  expect(await doctor({ PORT: 'none' })).toMatchObject({ code: 1, out: expect.stringContaining('BAD  environment: PORT') });
});
