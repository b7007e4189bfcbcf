import { chmod, mkdir, statfs } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { threadEnvironment } from '#platform/code-cache.ts';
import { checkData, damagedError, dataIn, EmbeddedDatabaseError, ownerOf, writeOwner } from './data-folder.ts';
import { clearStale, isHeld, SOCKET_PORT, socketFolder, socketIn } from './socket-lock.ts';

export { EmbeddedDatabaseError } from './data-folder.ts';

export interface EmbeddedConnection {
  host: string;
  port: number;
  user: string;
  database: string;
}

export interface EmbeddedDatabase {
  connection: EmbeddedConnection;
  close(): Promise<void>;
}

/**
 * An empty database starts from the dump at `snapshotPath`.
 * @throws EmbeddedDatabaseError when another process holds the directory, or its files are damaged or of another version.
 */
export async function openEmbedded(
  dir: string,
  options: { volatile?: boolean; snapshotPath?: string } = {},
): Promise<EmbeddedDatabase> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await chmod(dir, 0o700);
  const folder = await socketFolder(dir);
  if (!(await clearStale(socketIn(folder)))) throw await heldError(dir);
  if (!options.volatile) await checkData(dir);

  const worker = new Worker(new URL('./server.worker.ts', import.meta.url), {
    env: threadEnvironment(),
    workerData: {
      socketPath: socketIn(folder),
      dataDir: options.volatile ? 'memory://' : dataIn(dir),
      ...(options.snapshotPath && { snapshotPath: options.snapshotPath }),
    },
  });
  const ready = await answerOf(worker, ['ready', 'failed']);
  if (ready.type === 'failed') {
    await worker.terminate();
    throw ready.code === 'EADDRINUSE' ? await heldError(dir) : await damagedError(dir, inWords(ready.message));
  }
  await writeOwner(dir);

  return {
    connection: connectionIn(folder),
    async close() {
      worker.postMessage({ type: 'close' });
      await answerOf(worker, ['closed']);
      await worker.terminate();
    },
  };
}

/** Cheap. @throws EmbeddedDatabaseError when another process holds the directory. */
export async function refuseHeld(dir: string): Promise<void> {
  if (await connectToHolder(dir)) throw await heldError(dir);
}

/** Null when nobody holds the directory. */
export async function connectToHolder(dir: string): Promise<EmbeddedConnection | null> {
  const folder = await socketFolder(dir);
  return (await isHeld(socketIn(folder))) ? connectionIn(folder) : null;
}

export async function freeBytes(dir: string): Promise<number> {
  const disk = await statfs(dir);
  return disk.bavail * disk.bsize;
}

const connectionIn = (folder: string): EmbeddedConnection => ({
  host: folder,
  port: SOCKET_PORT,
  user: 'postgres',
  database: 'postgres',
});

interface WorkerAnswer {
  type: string;
  code?: string;
  message?: string;
}

/** Damaged files can end the worker from inside, so an exit without a message is a failure too. */
function answerOf(worker: Worker, types: string[]): Promise<WorkerAnswer> {
  return new Promise((resolve) => {
    const settle = (answer: WorkerAnswer): void => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      resolve(answer);
    };
    const onMessage = (message: WorkerAnswer): void => {
      if (types.includes(message.type)) settle(message);
    };
    const onError = (error: Error): void => settle({ type: 'failed', message: error.message });
    const onExit = (code: number): void => settle({ type: 'failed', message: `it ended with code ${code}` });
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  });
}

/** PGlite's messages about damaged files are unreadable. */
const inWords = (message = ''): string =>
  /Aborted|failed to initialize|unreachable|memory access/i.test(message) ? 'its files are damaged' : message;

async function heldError(dir: string): Promise<EmbeddedDatabaseError> {
  const owner = await ownerOf(dir);
  const who = owner ? `process ${owner.pid}` : 'another process';
  return new EmbeddedDatabaseError(
    `The embedded database in ${dir} is in use by ${who}. Stop it first, or use another DATA_DIR, or Postgres by DATABASE_URL.`,
  );
}
