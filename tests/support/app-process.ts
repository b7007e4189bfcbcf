// The product as a process of its own, the way it runs for real: node src/main.ts with an environment, killed when told.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { connectToHolder } from '../../src/platform/embedded/embedded-database.ts';
import { createPostgresDatabase } from './test-database.ts';

const ROOT = join(import.meta.dirname, '../..');
const START_TIMEOUT_MS = 45_000;

/** Where an installation keeps its data; outlives the processes that run on it. */
export interface Installation {
  env: Record<string, string>;
  dataDir: string;
  /** Runs a statement beside the running process. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  remove(): Promise<void>;
}

/** A new, empty installation: embedded, or on Postgres when TEST_DATABASE_URL is set. */
export async function newInstallation(): Promise<Installation> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bf-app-'));
  const database = process.env.TEST_DATABASE_URL ? await createPostgresDatabase() : null;
  return {
    dataDir,
    env: { DATA_DIR: dataDir, ...(database && { DATABASE_URL: database.url }) },
    async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) {
      const client = new pg.Client(database ? { connectionString: database.url } : await holderOf(dataDir));
      await client.connect();
      return client
        .query<Row>(text, values)
        .then(
          (result) => result.rows,
          (error: unknown) => Promise.reject(error),
        )
        .finally(() => client.end());
    },
    async remove() {
      await database?.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function holderOf(dataDir: string): Promise<pg.ClientConfig> {
  const connection = await connectToHolder(join(dataDir, 'database'));
  if (!connection) throw new Error('nobody holds the embedded database: the app does not run');
  return connection;
}

export interface AppProcess {
  url: string;
  pid: number;
  output(): string;
  /** Sends the signal and waits for the end; gives the exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

/** Starts the app on a free port and waits until /readyz says 200. */
export async function startApp(env: Record<string, string>): Promise<AppProcess> {
  const { child, output } = spawnApp(env);
  const url = await urlOf(child, output);
  await untilReady(url, child, output);
  return {
    url,
    pid: child.pid as number,
    output,
    async end(signal) {
      if (child.exitCode !== null) return child.exitCode;
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

function spawnApp(env: Record<string, string>): { child: ChildProcess; output: () => string } {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [join(ROOT, 'src/main.ts')], {
    env: { PATH, HOME, PORT: '0', HOST: '127.0.0.1', NODE_OPTIONS: '--disable-warning=ExperimentalWarning', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
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
