// One embedded database per test worker, emptied between its users: opening one takes seconds, emptying it milliseconds.
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type EmbeddedConnection, openEmbedded } from '../../src/platform/embedded/embedded-database.ts';

/** Data folders of this run's databases. The run removes it at its end. */
export const FOLDER = join(tmpdir(), `bf-shared-${process.pid}`);

interface Shared {
  connection: EmbeddedConnection;
  close(): Promise<void>;
  /** Describes columns, constraints, triggers and functions. It differs after a test has changed the schema. */
  shape: string;
  /** Rows that the migrations write, by table, as JSON. */
  rows: Record<string, string>;
}

export interface LentDatabase {
  connection: EmbeddedConnection;
  giveBack(): Promise<void>;
}

// Test files of a worker share the global object, not always their modules.
const store = globalThis as { idleTestDatabases?: Shared[] };
store.idleTestDatabases ??= [];
const idle = store.idleTestDatabases;

const SCHEMAS = "('public', 'pgboss')";
const SHAPE = `
  SELECT md5(concat(
    (SELECT string_agg(concat(attrelid::regclass, attname, atttypid, attnotnull), ',' ORDER BY attrelid, attnum)
     FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE relnamespace::regnamespace::text IN ${SCHEMAS}),
    (SELECT string_agg(concat(conrelid::regclass, pg_get_constraintdef(oid)), ',' ORDER BY oid) FROM pg_constraint),
    (SELECT string_agg(concat(tgrelid::regclass, tgname, tgenabled), ',' ORDER BY oid) FROM pg_trigger),
    (SELECT string_agg(concat(proname, prosrc), ',' ORDER BY oid) FROM pg_proc WHERE pronamespace::regnamespace::text IN ${SCHEMAS})
  )) AS shape`;
const FILLED = `
  SELECT format('%I.%I', nspname, relname) AS name FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
  WHERE nspname IN ${SCHEMAS} AND relkind = 'r' AND pg_relation_size(pg_class.oid) > 0`;

/** An empty migrated database, through a socket of its own. What is still connected at the end is cut off. */
export async function lendEmbedded(snapshotPath: string): Promise<LentDatabase> {
  const shared = (await takeIdle()) ?? (await openShared(snapshotPath));
  const folder = await mkdtemp(join(FOLDER, 's-'));
  const sockets = new Set<Socket>();
  const relay = createServer((near) => {
    const far = connect(socketIn(shared.connection.host));
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    }
    near.on('close', () => far.destroy()).pipe(far);
    far.on('close', () => near.destroy()).pipe(near);
  });
  relay.listen(socketIn(folder));
  await once(relay, 'listening');
  return {
    connection: { ...shared.connection, host: folder },
    async giveBack() {
      const closed = once(relay, 'close');
      relay.close();
      for (const socket of sockets) socket.destroy();
      await closed;
      idle.push(shared);
    },
  };
}

const socketIn = (folder: string): string => join(folder, '.s.PGSQL.5432');

async function openShared(snapshotPath: string): Promise<Shared> {
  await mkdir(FOLDER, { recursive: true });
  const embedded = await openEmbedded(await mkdtemp(join(FOLDER, 'd-')), { volatile: true, snapshotPath });
  const { shape, rows } = await using(embedded.connection, async (client) => ({
    shape: await shapeOf(client),
    rows: Object.fromEntries((await contentsOf(client)).filter(([, content]) => content !== null)) as Record<string, string>,
  }));
  return { ...embedded, shape, rows };
}

/** Empties one that nobody uses; one whose schema was changed is closed instead. */
async function takeIdle(): Promise<Shared | undefined> {
  for (let shared = idle.pop(); shared; shared = idle.pop()) {
    if (await using(shared.connection, (client) => empty(client, shared as Shared))) return shared;
    await shared.close();
  }
  return undefined;
}

async function empty(client: pg.Client, { shape, rows }: Shared): Promise<boolean> {
  await client.query('SELECT pg_advisory_unlock_all()');
  await client.query('UNLISTEN *; RESET ALL');
  if ((await shapeOf(client)) !== shape) return false;
  const changed = (await contentsOf(client)).filter(([name, content]) => content !== (rows[name] ?? null)).map(([name]) => name);
  if (changed.length > 0) await client.query(`TRUNCATE ${changed.join(', ')} RESTART IDENTITY CASCADE`);
  const left = Object.fromEntries(await contentsOf(client));
  for (const [name, content] of Object.entries(rows)) {
    if (left[name] === content) continue;
    await client.query(`INSERT INTO ${name} SELECT * FROM json_populate_recordset(NULL::${name}, $1::json)`, [content]);
  }
  return true;
}

const shapeOf = async (client: pg.Client): Promise<string> => (await client.query<{ shape: string }>(SHAPE)).rows[0]?.shape ?? '';

/** Tables with pages on disk and their rows as JSON. Large tables are never the migrations', so their rows are not read. */
async function contentsOf(client: pg.Client): Promise<[string, string | null][]> {
  const { rows } = await client.query<{ name: string }>(FILLED);
  const contents: [string, string | null][] = [];
  for (const { name } of rows) {
    const found = await client.query<{ content: string | null }>(
      `SELECT CASE WHEN count(*) <= 200 THEN json_agg(t ORDER BY t::text)::text ELSE '' END AS content FROM ${name} t`,
    );
    contents.push([name, found.rows[0]?.content ?? null]);
  }
  return contents;
}

async function using<T>(connection: EmbeddedConnection, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...connection });
  await client.connect();
  return work(client).finally(() => client.end());
}

export const removeFolder = (): Promise<void> => rm(FOLDER, { recursive: true, force: true });
