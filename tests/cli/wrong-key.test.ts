// S77 (wrong key): a start and the admin command refuse it before anything is written; rotation goes on.
import { type ExecFileException, execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSealer } from '../../src/platform/crypto/seal.ts';
import { CODE_CACHE, type Installation, newInstallation, startApp } from '../support/app-process.ts';

const ROOT = join(import.meta.dirname, '../..');
const TIMEOUT_MS = 180_000;
const [OLD, NEW, WRONG] = ['old', 'new', 'wrong'].map((word) => `the ${word} key of this installation with its many letters`) as [
  string,
  string,
  string,
];

let installation: Installation;
beforeAll(async () => {
  installation = await newInstallation();
}, TIMEOUT_MS);
afterAll(() => installation.remove());

function run(key: string, ...words: string[]): Promise<{ code: number; out: string }> {
  const env = { PATH: process.env.PATH, ...CODE_CACHE, ...installation.env, PORT: '0', ENCRYPTION_KEY: key };
  return new Promise((resolve) => {
    execFile(process.execPath, words, { cwd: ROOT, env, timeout: 120_000 }, (error: ExecFileException | null, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), out: stdout + stderr });
    });
  });
}

async function startsWith(key: string): Promise<void> {
  const app = await startApp({ ...installation.env, ENCRYPTION_KEY: key });
  await app.end('SIGKILL');
}

const state = async (): Promise<string> => {
  const rows = await installation.query<{ text: string }>(
    `SELECT concat((SELECT json_agg(k) FROM key_check k), (SELECT json_agg(m.migration_name) FROM _prisma_migrations m),
            (SELECT count(*) FROM audit_lines)) AS text`,
  );
  return rows[0]?.text ?? '';
};

test(
  'a wrong key is refused by its short name and changes nothing; `new,old` rotates, then the old one is refused',
  async () => {
    await startsWith(OLD);
    const before = await state();
    expect(before).toContain(createSealer([OLD]).keyIds[0]);
    for (const words of [['src/main.ts'], ['src/cli/admin.ts', 'rotate-keys'], ['src/cli/admin.ts', 'list']]) {
      const { code, out } = await run(WRONG, ...words);
      expect([words, code]).toEqual([words, 1]);
      expect(out).toContain(`sealed with the key ${createSealer([OLD]).keyIds[0]}, given was ${createSealer([WRONG]).keyIds[0]}`);
      expect(out).not.toContain(WRONG);
    }
    expect(await state()).toBe(before);

    expect(await run(`${NEW},${OLD}`, 'src/cli/admin.ts', 'rotate-keys')).toMatchObject({ code: 0 });
    await startsWith(NEW);
    expect((await run(OLD, 'src/cli/admin.ts', 'list')).code).toBe(1);
  },
  TIMEOUT_MS,
);

test(
  'a database of an older version is checked by its connections',
  async () => {
    await installation.query('DELETE FROM key_check');
    const id = '01890000-0000-7000-8000-000000000001';
    const sealed = createSealer([NEW]).seal('{}', { table: 'connections', column: 'sealed_secrets', rowId: id, tenantId: id });
    await installation.query("INSERT INTO tenants (id, name) VALUES ($1, 'Non')", [id]);
    await installation.query(
      "INSERT INTO bots (id, tenant_id, name, system_prompt, updated_at) VALUES ($1, $1, 'B', 'P', now())",
      [id],
    );
    await installation.query(
      `INSERT INTO connections (id, tenant_id, bot_id, platform, account_id, sealed_secrets, secret_last4, state)
       VALUES ($1, $1, $1, 'telegram', '1', $2, 'x', 'PENDING')`,
      [id, sealed],
    );
    expect((await run(WRONG, 'src/cli/admin.ts', 'list')).code).toBe(1);
    expect(await state()).not.toContain('sealed');
    expect(await run(NEW, 'src/cli/admin.ts', 'list')).toMatchObject({ code: 0 });
    const [row] = await installation.query<{ state: string }>('SELECT state FROM connections');
    expect(row?.state).toBe('PENDING');
  },
  TIMEOUT_MS,
);
