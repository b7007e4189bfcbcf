// The product as a process of its own, the way it runs for real: node src/main.ts with an environment, killed when told.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { connectToHolder, openEmbedded } from '../../src/platform/embedded/embedded-database.ts';
import { createPostgresDatabase, runFolder, STARTED } from './test-database.ts';

const ROOT = join(import.meta.dirname, '../..');
const START_TIMEOUT_MS = 120_000;
/** For commands, which load twice as fast with the compiled code that src/main.ts keeps. */
export const CODE_CACHE = { NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/botfactory/code') };

/** Where an installation keeps its data; outlives the processes that run on it. */
export interface Installation {
  env: Record<string, string>;
  /** Runs a statement, beside the running process or when none runs. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** The same, for factories.ts. */
  sql: { query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<{ rows: Row[] }> };
  remove(): Promise<void>;
}

/** A new installation without data: embedded, or on Postgres when TEST_DATABASE_URL is set; `bare`: not even migrated. */
export async function newInstallation({ embedded = !process.env.TEST_DATABASE_URL, bare = false } = {}): Promise<Installation> {
  const dataDir = await mkdtemp(join(runFolder(), 'app-'));
  const postgres = embedded ? null : await createPostgresDatabase({ bare });
  if (embedded && !bare && existsSync(STARTED)) await cp(STARTED, join(dataDir, 'database'), { recursive: true });
  const query: Installation['query'] = (text, values = []) =>
    postgres
      ? queryWith({ connectionString: postgres.url }, text, values)
      : queryEmbedded(join(dataDir, 'database'), text, values);
  return {
    env: { DATA_DIR: dataDir, ...(postgres && { DATABASE_URL: postgres.url }) },
    query,
    sql: { query: async (text, values) => ({ rows: await query(text, values) }) },
    async remove() {
      await postgres?.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function queryWith<Row extends pg.QueryResultRow>(
  config: pg.ClientConfig,
  text: string,
  values: unknown[],
): Promise<Row[]> {
  const client = new pg.Client(config);
  await client.connect();
  return client
    .query<Row>(text, values)
    .then(({ rows }) => rows)
    .finally(() => client.end());
}

async function queryEmbedded<Row extends pg.QueryResultRow>(dir: string, text: string, values: unknown[]): Promise<Row[]> {
  const holder = await connectToHolder(dir);
  if (holder) return queryWith<Row>(holder, text, values);
  const opened = await openEmbedded(dir);
  return queryWith<Row>(opened.connection, text, values).finally(() => opened.close());
}

export interface AppProcess {
  url: string;
  pid: number;
  output(): string;
  ended(): boolean;
  /** Nobody reads what it writes any more. */
  closeOutput(): void;
  /** Sends the signal and waits for the end; gives the exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

/** Starts the app on a free port and waits until /readyz says 200. */
export async function startApp(env: Record<string, string>, { stdout }: { stdout?: number } = {}): Promise<AppProcess> {
  const { child, output } = spawnApp(env, stdout);
  try {
    // What goes to a file of its own cannot be read here; the port must then be a fixed one.
    const url = stdout === undefined ? await urlOf(child, output) : `http://127.0.0.1:${env['PORT']}`;
    await untilReady(url, child, output);
    return running(url, child, output);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

function running(url: string, child: ChildProcess, output: () => string): AppProcess {
  return {
    url,
    pid: child.pid as number,
    output,
    ended: () => child.exitCode !== null || child.signalCode !== null,
    closeOutput() {
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
    async end(signal) {
      child.kill(signal);
      return exitOf(child);
    },
  };
}

/** Starts the app and waits for its end: for starts that must be refused. */
export async function runAppToEnd(
  env: Record<string, string>,
): Promise<{ code: number | NodeJS.Signals; output: string; tookMs: number }> {
  const startedAt = performance.now();
  const { child, output } = spawnApp(env);
  const code = await exitOf(child);
  return { code, output: output(), tookMs: performance.now() - startedAt };
}

function spawnApp(env: Record<string, string>, stdout: number | 'pipe' = 'pipe'): { child: ChildProcess; output: () => string } {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [join(ROOT, 'src/main.ts')], {
    env: { PATH, HOME, PORT: '0', HOST: '127.0.0.1', ...env },
    stdio: ['ignore', stdout, 'pipe'],
  });
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { child, output: () => Buffer.concat(chunks).toString('utf8') };
}

async function exitOf(child: ChildProcess): Promise<number | NodeJS.Signals> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  return child.exitCode ?? (child.signalCode as NodeJS.Signals);
}

async function urlOf(child: ChildProcess, output: () => string): Promise<string> {
  const port = await until(
    () => /is up: http:\/\/localhost:(\d+)/.exec(output())?.[1],
    START_TIMEOUT_MS,
    () => `the app did not start:\n${output()}`,
    () => child.exitCode !== null,
  );
  return `http://127.0.0.1:${port}`;
}

async function untilReady(url: string, child: ChildProcess, output: () => string): Promise<void> {
  await until(
    () =>
      fetch(`${url}/readyz`).then(
        (res) => res.ok,
        () => false,
      ),
    START_TIMEOUT_MS,
    () => `the app did not become ready:\n${output()}`,
    () => child.exitCode !== null,
  );
}

/** Asks until the answer is truthy; fails after the limit, or as soon as `hopeless`. */
export async function until<T>(
  ask: () => T | Promise<T>,
  limitMs: number,
  describe: () => string,
  hopeless: () => boolean = () => false,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer as NonNullable<T>;
    if (hopeless() || performance.now() > deadline) throw new Error(describe());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
