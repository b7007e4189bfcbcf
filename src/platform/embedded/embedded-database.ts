import { chmod, mkdir, readFile, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { clearStale, isHeld, SOCKET_PORT, socketFolder, socketIn } from './socket-lock.ts';

/** The major version of Postgres inside the pinned PGlite 0.5.16; data of another one cannot be opened. */
const PG_MAJOR = '18';

/** The embedded database could not be opened; the message says why and what to do, for the console. */
export class EmbeddedDatabaseError extends Error {}

export interface EmbeddedDatabase {
  /** What the pg driver connects with. */
  connection: { host: string; port: number; user: string; database: string };
  /** A gzipped copy of all data, consistent at one instant. */
  dump(): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Opens the database in `dir` (created when absent), or a volatile one made from a snapshot when `volatile` is set.
 * @throws EmbeddedDatabaseError when another process holds the directory or its files are of another version.
 */
export async function openEmbedded(
  dir: string,
  options: { volatile?: boolean; snapshotPath?: string } = {},
): Promise<EmbeddedDatabase> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await chmod(dir, 0o700);
  const dataDir = join(dir, 'pg');
  if (!options.volatile) await refuseOtherVersion(dataDir);
  const folder = await socketFolder(dir);
  if (!(await clearStale(socketIn(folder)))) throw await heldError(dir);

  const worker = new Worker(new URL('./server.worker.ts', import.meta.url), {
    workerData: {
      socketPath: socketIn(folder),
      dataDir: options.volatile ? 'memory://' : dataDir,
      ...(options.snapshotPath && { snapshotPath: options.snapshotPath }),
    },
  });
  const ready = await answerOf(worker, ['ready', 'failed']);
  if (ready.type === 'failed') {
    await worker.terminate();
    if (ready.code === 'EADDRINUSE') throw await heldError(dir);
    throw new EmbeddedDatabaseError(
      `The embedded database in ${dataDir} could not be opened: ${ready.message}. Its files were left as they are.`,
    );
  }
  await writeFile(join(dir, 'owner.json'), JSON.stringify({ pid: process.pid, startedAt: new Date().toISOString() }));

  return {
    connection: { host: folder, port: SOCKET_PORT, user: 'postgres', database: 'postgres' },
    async dump() {
      worker.postMessage({ type: 'dump' });
      return (await answerOf(worker, ['dumped'])).bytes as Uint8Array;
    },
    async close() {
      worker.postMessage({ type: 'close' });
      await answerOf(worker, ['closed']);
      await worker.terminate();
    },
  };
}

/** @throws EmbeddedDatabaseError when another process holds the directory. Costs next to nothing. */
export async function refuseHeld(dir: string): Promise<void> {
  if (await connectToHolder(dir)) throw await heldError(dir);
}

/** The connection to a database that another process has open; null when nobody holds the directory. */
export async function connectToHolder(dir: string): Promise<EmbeddedDatabase['connection'] | null> {
  const folder = await socketFolder(dir);
  if (!(await isHeld(socketIn(folder)))) return null;
  return { host: folder, port: SOCKET_PORT, user: 'postgres', database: 'postgres' };
}

/** Bytes free on the disk that holds `dir`. */
export async function freeBytes(dir: string): Promise<number> {
  const disk = await statfs(dir);
  return disk.bavail * disk.bsize;
}

interface WorkerAnswer {
  type: string;
  code?: string;
  message?: string;
  bytes?: Uint8Array;
}

function answerOf(worker: Worker, types: string[]): Promise<WorkerAnswer> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: WorkerAnswer): void => {
      if (!types.includes(message.type)) return;
      worker.off('message', onMessage);
      worker.off('error', reject);
      resolve(message);
    };
    worker.on('message', onMessage);
    worker.once('error', reject);
  });
}

async function refuseOtherVersion(dataDir: string): Promise<void> {
  const version = await readFile(join(dataDir, 'PG_VERSION'), 'utf8').catch(() => PG_MAJOR);
  if (version.trim() === PG_MAJOR) return;
  throw new EmbeddedDatabaseError(
    `The data in ${dataDir} was written by Postgres ${version.trim()}, this version reads ${PG_MAJOR}. ` +
      'The files were left as they are. Start the version that wrote them, make a dump, and restore it here.',
  );
}

async function heldError(dir: string): Promise<EmbeddedDatabaseError> {
  const owner = await readFile(join(dir, 'owner.json'), 'utf8').then(
    (text) => JSON.parse(text) as { pid: number },
    () => null,
  );
  const who = owner ? `process ${owner.pid}` : 'another process';
  return new EmbeddedDatabaseError(
    `The embedded database in ${dir} is in use by ${who}. Stop it first, or use another DATA_DIR, or Postgres by DATABASE_URL.`,
  );
}
