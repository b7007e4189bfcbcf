// A large installation (scripts/seed-large.ts) in a database of its own, with the product's web process on it.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createPasswords } from '../src/features/auth/passwords.ts';
import { type AppProcess, startApp } from '../tests/support/app-process.ts';
import { PASSWORD, type Visitor, visitor } from '../tests/support/site-visitor.ts';
import { ADMIN_URL } from './database.ts';
import type { Numbers, Times } from './scenarios.ts';

const FULL_MS = 20_000;
const SIZES = { full: ['10000', '1000000'], quick: ['1000', '100000'] };
const BCRYPT_COST = 4;

export const id = (kind: number, n: number): string => `0189000${kind}-0000-7000-8000-${String(n).padStart(12, '0')}`;

export interface LargeInstallation {
  app: AppProcess;
  /** The owner of the largest business, who is an admin. */
  person: Visitor;
  /** How long to measure. */
  ms: number;
  /** CPU of the database's connections so far, in ms; needs the same machine. */
  databasePids: () => Promise<number[]>;
}

export async function onLargeInstallation(
  times: Times,
  work: (large: LargeInstallation) => Promise<Numbers>,
  { rowsOnly = false } = {},
): Promise<Numbers> {
  const quick = times.measureMs < FULL_MS / 2;
  const name = `botfactory_bench_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(ADMIN_URL);
  url.pathname = `/${name}`;
  const dataDir = await mkdtemp(join(tmpdir(), 'bf-bench-'));
  await run(ADMIN_URL, `CREATE DATABASE ${name}`);
  try {
    await seed(url.href, [...(quick ? SIZES.quick : SIZES.full), ...(rowsOnly ? ['rows'] : [])]);
    // Web only: no polling of ten thousand bots that do not exist.
    const app = await startApp({
      DATA_DIR: dataDir,
      DATABASE_URL: url.href,
      NODE_ENV: 'production',
      ROLE: 'web',
      SESSION_SECRET: randomUUID(),
    });
    try {
      const databasePids = async (): Promise<number[]> =>
        (await run<{ pid: number }>(url.href, 'SELECT pid FROM pg_stat_activity WHERE datname = $1', [name])).map(
          ({ pid }) => pid,
        );
      return await work({ app, person: await signIn(app, 'owner1'), ms: quick ? times.measureMs : FULL_MS, databasePids });
    } finally {
      await app.end('SIGTERM');
    }
  } finally {
    await run(ADMIN_URL, `DROP DATABASE ${name} WITH (FORCE)`);
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Every seeded owner has the same password. */
export async function signIn({ url }: Pick<AppProcess, 'url'>, login: string): Promise<Visitor> {
  const person = visitor(url);
  const { status } = await person.submit('/login', '/login', { login, password: PASSWORD });
  if (status !== 303) throw new Error(`signing in answered ${status}`);
  return person;
}

async function seed(databaseUrl: string, sizes: readonly string[]): Promise<void> {
  const script = join(import.meta.dirname, '../scripts/seed-large.ts');
  const child = spawn(process.execPath, [script, databaseUrl, ...sizes], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`seeding ended with ${code}`);
  const hash = await createPasswords({ cost: BCRYPT_COST }).hash(PASSWORD, { known: true, key: 'bench' });
  await run(databaseUrl, "UPDATE users SET password_hash = $1, is_admin = username = 'owner1'", [hash]);
}

async function run<Row extends object>(connectionString: string, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows } = await client.query(text, values).finally(() => client.end());
  return rows as Row[];
}
