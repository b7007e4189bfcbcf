// A worker thread with PGlite behind a Unix socket that speaks Postgres, so that the product has one driver and a slow query
// never
// blocks the event loop. The bound socket is also the directory's exclusive lock.
import { readFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { writeDump } from './dump-file.ts';
import { copyPrepared } from './prepared-database.ts';
import { completed, dumpPathIn, greeting, messagesIn, query, readStartup, refused, statementName } from './wire.ts';

export interface EmbeddedServerData {
  socketPath: string;
  /** A data directory, or memory:// for a volatile database. */
  dataDir: string;
  /** A gzipped dump; only for an empty data directory. */
  snapshotPath?: string;
}

const { socketPath, dataDir, snapshotPath } = workerData as EmbeddedServerData;
const isVolatile = dataDir.startsWith('memory:');
const connections = new Set<Connection>();
let database: PGlite;
let turn: Promise<unknown> = Promise.resolve();

/** PGlite has one session, so a client in a transaction keeps the others waiting. */
class Connection {
  readonly socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #started = false;
  #names = new Set<string>();
  #release: (() => void) | null = null;
  #work: Promise<unknown> = Promise.resolve();

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes) => this.#onData(bytes));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#chain(() => this.#leave()));
    connections.add(this);
  }

  #onData(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    if (!this.#started && !this.#startUp()) return;
    let complete = 0;
    for (const { type, start, end } of messagesIn(this.#received)) {
      if (type === 'X') return void this.socket.end();
      if (type === 'P') this.#names.add(statementName(this.#received, start));
      // Only these end an exchange; earlier messages run together with them.
      if (type === 'S' || type === 'Q') complete = end;
    }
    if (complete === 0) return;
    const exchange = this.#received.subarray(0, complete);
    this.#received = this.#received.subarray(complete);
    this.#chain(() => this.#run(exchange));
  }

  #startUp(): boolean {
    const startup = readStartup(this.#received);
    if (!startup) return false;
    this.#received = this.#received.subarray(startup.length);
    if (startup.kind === 'refuse-encryption') {
      this.socket.write('N');
      return false;
    }
    if (startup.kind === 'cancel') this.socket.destroy();
    this.#started = true;
    this.#chain(async () => this.socket.write(greeting('18.0')));
    return true;
  }

  #chain(step: () => Promise<unknown>): void {
    this.#work = this.#work.then(step).catch(() => this.socket.destroy());
  }

  async #run(exchange: Buffer): Promise<void> {
    const path = this.#release ? null : dumpPathIn(exchange);
    if (path !== null) return this.#dump(path);
    if (!this.#release) this.#release = await takeTurn();
    const answer = await answerOf(exchange);
    deliver(this, answer);
    // The last message is ReadyForQuery: I = idle, T = in a transaction, E = in a failed one.
    if (answer.at(-1) === 0x49) this.#letOthers();
  }

  /** Others wait only for the copy; compressing and writing run beside them. */
  async #dump(path: string): Promise<void> {
    const copy = async (): Promise<Blob> => {
      const release = await takeTurn();
      return database.dumpDataDir('none').finally(release);
    };
    const answer = await writeDump(path, copy).then(
      () => completed('DUMP'),
      (error: Error) => refused(`the dump could not be written: ${error.message}`),
    );
    this.socket.write(answer);
  }

  #letOthers(): void {
    this.#release?.();
    this.#release = null;
  }

  async #leave(): Promise<void> {
    connections.delete(this);
    if (this.#release) await answerOf(query('ROLLBACK'));
    this.#names.delete('');
    const forget = [...this.#names].map((name) => `DEALLOCATE "${name.replaceAll('"', '""')}"`);
    if (!this.#release) this.#release = await takeTurn();
    for (const statement of forget) await answerOf(query(statement));
    this.#letOthers();
  }
}

/** The stream of raw bytes: PGlite's other ways parse each message of an answer and keep it until the end of the process. */
async function answerOf(exchange: Uint8Array): Promise<Buffer> {
  const parts: Buffer[] = [];
  // The bytes are PGlite's own memory, which it uses again.
  await database.execProtocolRawStream(exchange, { onRawData: (bytes) => void parts.push(Buffer.from(bytes)) });
  return Buffer.concat(parts);
}

async function takeTurn(): Promise<() => void> {
  const before = turn;
  let release = (): void => {};
  turn = new Promise<void>((resolve) => {
    release = resolve;
  });
  await before;
  return release;
}

/** PGlite has one session, so every client gets all notifications; those that do not listen ignore them. */
function deliver(to: Connection, answer: Buffer): void {
  to.socket.write(answer);
  for (const { type, start, end } of messagesIn(answer)) {
    if (type !== 'A') continue;
    for (const other of connections) if (other !== to) other.socket.write(answer.subarray(start, end));
  }
}

async function close(): Promise<void> {
  server.close();
  for (const { socket } of connections) socket.destroy();
  await takeTurn();
  await database.close();
  parentPort?.postMessage({ type: 'closed' });
  parentPort?.close();
}

const server = createServer((socket) => new Connection(socket));
server.on('error', (error: NodeJS.ErrnoException) =>
  parentPort?.postMessage({ type: 'failed', code: error.code, message: error.message }),
);
// The lock comes before the files, so that no other process has them open.
server.listen(socketPath, async () => {
  const release = await takeTurn();
  try {
    if (!snapshotPath && !isVolatile) copyPrepared(dataDir);
    const loadDataDir = snapshotPath ? new Blob([await readFile(snapshotPath)]) : undefined;
    database = await PGlite.create({ dataDir, ...(loadDataDir && { loadDataDir }) });
    release();
    parentPort?.postMessage({ type: 'ready' });
  } catch (error) {
    parentPort?.postMessage({ type: 'failed', code: 'OPEN_FAILED', message: String(error) });
  }
});

parentPort?.on('message', (message: { type: 'close' }) => {
  if (message.type === 'close') void close();
});
