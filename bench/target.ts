// The measured target: the script, or the product on one of its databases. Each run is a separate process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startApp, until } from '../tests/support/app-process.ts';
import { type BenchBot, type BenchDatabase, createBenchDatabase } from './database.ts';
import type { PlatformBot, Platforms } from './platforms.ts';
import { cpuMsOf, residentBytesOf } from './process-usage.ts';

export type TargetName = 'script' | 'postgres' | 'embedded';

const START_LIMIT_MS = 60_000;

export interface Running {
  /** From the spawn until every bot polls. */
  pollingAfterMs: number;
  /** From the spawn until /readyz; 0 for the script, which has no web. */
  readyAfterMs: number;
  /** CPU of the process so far. */
  cpuMs(): Promise<number>;
  /** CPU of the database's own processes so far. */
  databaseCpuMs(): Promise<number>;
  residentBytes(): Promise<number>;
  stop(): Promise<void>;
}

/** Waits until all bots poll. The database is created, and for the product migrated, before the clock starts. */
export async function startTarget(name: TargetName, platforms: Platforms): Promise<Running> {
  const database = name === 'script' ? null : await createBenchDatabase(name, platforms.bots.map(seedOf));
  const startedAt = performance.now();
  const process = database ? await startProduct({ ...platforms.env, ...database.env }) : startScript(platforms);
  const readyAfterMs = database ? performance.now() - startedAt : 0;
  const wanted = platforms.bots.length;
  await until(
    () => platforms.polling() === wanted,
    START_LIMIT_MS,
    () => `${platforms.polling()} of ${wanted} bots poll:\n${process.output()}`,
  );
  const { pid } = process;

  return {
    pollingAfterMs: performance.now() - startedAt,
    readyAfterMs,
    cpuMs: () => cpuMsOf(pid),
    residentBytes: () => residentBytesOf(pid),
    databaseCpuMs: () => databaseCpuMsOf(database),
    async stop() {
      await process.end();
      await database?.remove();
    },
  };
}

export async function databaseCpuMsOf(database: BenchDatabase | null): Promise<number> {
  const all = await Promise.all(((await database?.sessions()) ?? []).map(cpuMsOf));
  return all.reduce((sum, ms) => sum + ms, 0);
}

const seedOf = ({ index, token, state }: PlatformBot): BenchBot => ({
  index,
  platform: 'telegram',
  accountId: String(state.id),
  displayName: state.name,
  username: state.username,
  credentials: { telegramToken: token },
  secret: token,
});

export interface Child {
  url: string;
  pid: number;
  output(): string;
  end(): Promise<unknown>;
}

/** The product in production mode. BENCH_NODE_OPTIONS adds options. */
export async function startProduct(env: Record<string, string>): Promise<Child> {
  const nodeOptions = ['--disable-warning=ExperimentalWarning', process.env.BENCH_NODE_OPTIONS ?? ''].join(' ').trim();
  const app = await startApp({
    ...env,
    NODE_ENV: 'production',
    NODE_OPTIONS: nodeOptions,
    CUSTOMER_MESSAGES_PER_MINUTE: '0',
  });
  return { url: app.url, pid: app.pid, output: app.output, end: () => app.end('SIGTERM') };
}

function startScript({ env, bots }: Platforms): Child {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [join(import.meta.dirname, 'script.ts')], {
    env: { PATH, NODE_ENV: 'production', NODE_NO_WARNINGS: '1', ...env, TOKENS: bots.map(({ token }) => token).join(',') },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return {
    url: '',
    pid: child.pid as number,
    output: () => '',
    async end() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}
