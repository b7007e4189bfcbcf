import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { Logger } from '../logger.ts';
import { dumpsIn, stampOf } from './data-folder.ts';
import { type EmbeddedConnection, freeBytes } from './embedded-database.ts';
import { dumpStatement } from './wire.ts';

/** The process that holds the database writes the dump, while it goes on with other work. */
export async function dumpTo(connection: EmbeddedConnection, path: string): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  await client.query(dumpStatement(path)).finally(() => client.end());
}

export const dumpPath = (folder: string, now = new Date()): string => join(folder, `botfactory-${stampOf(now)}Z.tar.gz`);

// A process that restarts often dumps too.
const FIRST_MS = 60_000;

/** A dump that would leave less than `minFreeBytes` is skipped, because a full disk stops the database. */
export function createDumps({
  connection,
  folder,
  everyMs,
  keep,
  minFreeBytes,
  logger,
}: {
  connection: EmbeddedConnection;
  folder: string;
  everyMs: number;
  keep: number;
  minFreeBytes: number;
  logger: Pick<Logger, 'info' | 'warn' | 'error'>;
}) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();

  const newest = async (): Promise<{ bytes: number; atMs: number }> => {
    const path = (await dumpsIn(folder)).at(-1);
    const file = path && (await stat(path).catch(() => null));
    return file ? { bytes: file.size, atMs: file.mtimeMs } : { bytes: 0, atMs: 0 };
  };

  async function dump(): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const needed = 1.5 * (await newest()).bytes + minFreeBytes;
    if ((await freeBytes(folder)) < needed) return logger.warn('embedded database: too little space for a dump');
    const startedMs = performance.now();
    await dumpTo(connection, dumpPath(folder));
    logger.info({ ms: Math.round(performance.now() - startedMs) }, 'embedded database: dumped');
    for (const old of (await dumpsIn(folder)).slice(0, -keep)) await rm(old, { force: true });
  }

  function schedule(inMs: number): void {
    timer = setTimeout(() => {
      running = dump()
        .catch((err: unknown) => logger.error({ err }, 'embedded database: the dump failed'))
        .finally(() => timer && schedule(everyMs));
    }, inMs);
    timer.unref();
  }

  return {
    dump,
    async start(): Promise<void> {
      schedule(Math.max(Math.min(FIRST_MS, everyMs), (await newest()).atMs + everyMs - Date.now()));
    },
    /** Waits for the current dump. */
    async stop(): Promise<void> {
      clearTimeout(timer);
      timer = undefined;
      await running;
    },
  };
}

export type Dumps = ReturnType<typeof createDumps>;
