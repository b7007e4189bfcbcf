// Page times on a large installation (scripts/seed-large.ts). One person who owns the largest business and is an admin opens the
// pages on schedule, whatever is still being answered.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createPasswords } from '../src/features/auth/passwords.ts';
import { startApp } from '../tests/support/app-process.ts';
import { PASSWORD, type Visitor, visitor } from '../tests/support/site-visitor.ts';
import { ADMIN_URL } from './database.ts';
import type { Numbers, Times } from './scenarios.ts';

const PER_SECOND = 20;
const FULL_MS = 20_000;
const SIZES = { full: ['10000', '1000000'], quick: ['1000', '100000'] };
const BCRYPT_COST = 4;

const id = (kind: number, n: number): string => `0189000${kind}-0000-7000-8000-${String(n).padStart(12, '0')}`;
const BOT = `/bots/${id(4, 1)}`;
const PAGES: Record<string, string> = {
  dashboard: '/dashboard',
  bot: BOT,
  conversations: '/conversations',
  waiting: '/conversations?waiting=1',
  // A word of every message, of one, and a part of a name.
  searchCommon: '/conversations?q=message',
  searchRare: '/conversations?q=number+500000',
  searchName: '/conversations?q=stomer+77',
  botConversations: `${BOT}/conversations`,
  conversation: `${BOT}/conversations/${id(7, 20)}`,
  knowledge: `${BOT}/knowledge`,
  subscription: '/subscription',
  analytics7: `${BOT}/analytics?period=7`,
  analytics90: `${BOT}/analytics?period=90`,
  admin: '/admin',
  adminUsers: '/admin/users',
  adminUsersSearch: '/admin/users?q=owner4321',
  adminUser: `/admin/users/${id(2, 77)}`,
  adminBots: '/admin/bots',
  adminAudit: '/admin/audit',
};

/** p50 and p95 of each page, in ms. */
export async function pages(times: Times): Promise<Numbers> {
  const quick = times.measureMs < FULL_MS / 2;
  const name = `botfactory_bench_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(ADMIN_URL);
  url.pathname = `/${name}`;
  const dataDir = await mkdtemp(join(tmpdir(), 'bf-bench-'));
  await run(ADMIN_URL, `CREATE DATABASE ${name}`);
  try {
    await seed(url.href, quick ? SIZES.quick : SIZES.full);
    // Web only: no polling of ten thousand bots that do not exist.
    const app = await startApp({
      DATA_DIR: dataDir,
      DATABASE_URL: url.href,
      NODE_ENV: 'production',
      ROLE: 'web',
      SESSION_SECRET: randomUUID(),
    });
    try {
      const person = visitor(app.url);
      const { status } = await person.submit('/login', '/login', { login: 'owner1', password: PASSWORD });
      if (status !== 303) throw new Error(`signing in answered ${status}`);
      await openAll(person, times.warmUpMs);
      return numbersOf(await openAll(person, quick ? times.measureMs : FULL_MS));
    } finally {
      await app.end('SIGTERM');
    }
  } finally {
    await run(ADMIN_URL, `DROP DATABASE ${name} WITH (FORCE)`);
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function seed(databaseUrl: string, sizes: readonly string[]): Promise<void> {
  const script = join(import.meta.dirname, '../scripts/seed-large.ts');
  const child = spawn(process.execPath, [script, databaseUrl, ...sizes], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`seeding ended with ${code}`);
  const hash = await createPasswords({ cost: BCRYPT_COST }).hash(PASSWORD, { known: true, key: 'bench' });
  await run(databaseUrl, 'UPDATE users SET password_hash = $1, is_admin = true WHERE username = $2', [hash, 'owner1']);
}

/** Opens the pages in turn, one every 50 ms; returns the times of each. */
async function openAll(person: Visitor, ms: number): Promise<Map<string, number[]>> {
  const took = new Map<string, number[]>(Object.keys(PAGES).map((name) => [name, []]));
  const [list, under] = [Object.entries(PAGES), [] as Promise<void>[]];
  const open = async (name: string, path: string): Promise<void> => {
    const startMs = performance.now();
    const { status } = await person.get(path);
    if (status !== 200) throw new Error(`${path} answered ${status}`);
    took.get(name)?.push(performance.now() - startMs);
  };
  const startedMs = performance.now();
  for (let i = 0; i < (ms * PER_SECOND) / 1_000; i += 1) {
    const waitMs = startedMs + (i * 1_000) / PER_SECOND - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const [name, path] = list[i % list.length] as [string, string];
    under.push(open(name, path));
  }
  await Promise.all(under);
  return took;
}

function numbersOf(took: Map<string, number[]>): Numbers {
  const at = (sorted: number[], share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;
  const all = [...took, ['all', [...took.values()].flat()] as const].map(
    ([name, values]) => [name, values.toSorted((a, b) => a - b)] as const,
  );
  return Object.fromEntries(
    all.flatMap(([name, sorted]) => [
      [`${name}P50Ms`, at(sorted, 0.5)],
      [`${name}P95Ms`, at(sorted, 0.95)],
    ]),
  );
}

async function run(connectionString: string, text: string, values: unknown[] = []): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(text, values).finally(() => client.end());
}
