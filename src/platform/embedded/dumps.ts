import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { Logger } from '../logger.ts';
import { dumpsIn, stampOf } from './data-folder.ts';
import { type EmbeddedConnection, freeBytes } from './embedded-database.ts';
import { dumpStatement } from './wire.ts';

/** Has the process that holds the database write a dump to `path`. Works beside whatever else it does. */
export async function dumpTo(connection: EmbeddedConnection, path: string): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  await client.query(dumpStatement(path)).finally(() => client.end());
}

/** A name of its own for a dump made now. */
export const dumpPath = (folder: string, now = new Date()): string => join(folder, `botfactory-${stampOf(now)}Z.tar.gz`);

// Of a process that is started again and again, too.
const FIRST_MS = 60_000;

/**
 * Dumps every `everyMs` and keeps the last `keep`. One that would leave less than `minFreeBytes` on the disk is left out: what
 * guards the data must not be what stops it.
 */
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
    /** No further dumps; waits for the one under way. */
    async stop(): Promise<void> {
      clearTimeout(timer);
      timer = undefined;
      await running;
    },
  };
}

export type Dumps = ReturnType<typeof createDumps>;
