import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from './generated/client.ts';
import { retryOnConflict } from './retry.ts';
import type { Transaction } from './row-lock.ts';

export type { PrismaClient } from './generated/client.ts';
export { Prisma } from './generated/client.ts';

/** Where the database is: a URL (Postgres) or a socket (embedded). */
export type DatabaseAddress =
  | { kind: 'postgres'; url: string }
  | { kind: 'embedded'; connection: { host: string; port: number; user: string; database: string } };

/** What runs one statement: the pool, or a transaction's client. */
export interface Sql {
  query<Row extends pg.QueryResultRow>(text: string | pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult<Row>>;
}

// Postgres' bigint: our ids and counters stay far below 2^53.
const INT8_OID = 20;
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8_OID ? Number : pg.types.getTypeParser(oid, format as 'text'),
} as pg.CustomTypesConfig;

// PGlite has one session; a second pooled client would only wait for the first.
const EMBEDDED_CONNECTIONS = 1;
const POSTGRES_CONNECTIONS = 10;
const PREPARED_CONNECTIONS = 6;
// R06: a bounded wait for a connection, so that a stuck database gives 503 within 5 s.
const CONNECT_TIMEOUT_MS = 4_000;
const STATEMENT_TIMEOUT_MS = 4_500;

// Named statements are those of the message path. Planning them costs more than running them, so each connection plans them
// once; each finds its rows by index, so they lose nothing by it. What was planned while a table was nearly empty would read all of
// it for as long as the plan lives, hence: no sequential scans, no bitmaps, which are made of whole indexes then, and costs that count
// rows, not pages; a small table is one page, however it is read. JIT would compile for seconds what runs for milliseconds.
export const PLAN_ONCE = [
  'plan_cache_mode = force_generic_plan',
  'enable_seqscan = off',
  'enable_bitmapscan = off',
  'seq_page_cost = 0.01',
  'random_page_cost = 0.01',
  'cpu_tuple_cost = 1',
  'cpu_index_tuple_cost = 1',
  'jit = off',
]
  .map((setting) => `SET ${setting}`)
  .join('; ');
// Prisma sends and reads moments without their zone, so every session has to be in UTC.
const SESSION_SETTINGS = "SET TIME ZONE 'UTC'";
const COMMIT_SETTING = 'botfactory.unhurried_commit';

/**
 * For FROM: one row, by which the statement's transaction does not wait for the disk. On Postgres only, whose WAL writer brings it
 * there within 0.6 s, and sooner with the next commit that waits; the embedded database has none, and is killed with its process.
 * Source: https://www.postgresql.org/docs/15/wal-async-commit.html
 */
export const UNHURRIED_SQL = `(SELECT set_config('synchronous_commit', coalesce(nullif(current_setting('${COMMIT_SETTING}', true), ''), 'on'), true)) unhurried`;

/**
 * One database, seen three ways: `prisma` for the models, `sql` for the statements of the message path (raw because the
 * ORM is the cost there), `listen` for notifications. On the embedded database never use these inside a transaction's
 * callback: there is one connection and it is taken.
 */
export function openDatabase(address: DatabaseAddress, { onError }: { onError: (error: Error) => void }) {
  const base: pg.PoolConfig =
    address.kind === 'postgres'
      ? { connectionString: address.url, max: POSTGRES_CONNECTIONS, statement_timeout: STATEMENT_TIMEOUT_MS }
      : { ...address.connection, max: EMBEDDED_CONNECTIONS };
  const planOnce = async (client: pg.ClientBase): Promise<void> => {
    const unhurried = address.kind === 'postgres' ? `; SET ${COMMIT_SETTING} = 'off'` : '';
    await client.query(`${SESSION_SETTINGS}; ${PLAN_ONCE}${unhurried}`).catch(onError);
  };
  const newPool = (own: pg.PoolConfig): pg.Pool => {
    const opened = new pg.Pool({
      ...base,
      types,
      ...(address.kind === 'postgres' && { connectionTimeoutMillis: CONNECT_TIMEOUT_MS, query_timeout: STATEMENT_TIMEOUT_MS }),
      keepAlive: true,
      application_name: 'botfactory',
      ...own,
    });
    return opened.on('error', onError);
  };
  const inUtc = async (client: pg.ClientBase): Promise<void> => void (await client.query(SESSION_SETTINGS));
  const pool = newPool({ onConnect: address.kind === 'embedded' ? planOnce : inUtc });
  // The embedded database has one session for all.
  const prepared = address.kind === 'postgres' ? newPool({ max: PREPARED_CONNECTIONS, onConnect: planOnce }) : pool;
  const sql: Sql = {
    // Undone for another's sake, a statement by itself runs again; the prepared ones see to that where they are called.
    query: (text, values) =>
      typeof text === 'object' && text.name ? prepared.query(text) : retryOnConflict(() => pool.query(text, values)),
  };
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool),
    // The embedded database has one connection: a transaction may have to queue for it.
    transactionOptions: { maxWait: 10_000, timeout: 10_000 },
  });

  return {
    kind: address.kind,
    prisma,
    pool,
    sql,

    /** The moment by the database's clock: what processes judge by together. Their own may be minutes apart. */
    now: async (): Promise<Date> => (await sql.query<{ now: Date }>('SELECT now()')).rows[0]?.now as Date,

    /**
     * Runs `work` in one transaction of raw statements; rolled back when it throws. Undone by the database for another's
     * sake it runs again, so it does nothing but statements.
     */
    inTransaction: <T>(work: (sql: Sql) => Promise<T>): Promise<T> => retryOnConflict(() => transaction(pool, work)),

    /**
     * Runs `work` in one Prisma transaction. It is rolled back when `work` throws, and runs again after a conflict, so
     * `work` does nothing but queries on `tx`. On the embedded database a query outside `tx` would wait forever.
     */
    transaction: <T>(work: (tx: Transaction) => Promise<T>, { timeoutMs }: { timeoutMs?: number } = {}): Promise<T> =>
      retryOnConflict(() => prisma.$transaction(work, timeoutMs === undefined ? {} : { timeout: timeoutMs })),

    /** A client of its own, for LISTEN; not pooled. The caller ends it. */
    dedicatedClient(): pg.Client {
      const { max: _max, statement_timeout: _timeout, ...config } = base;
      const limits = { connectionTimeoutMillis: CONNECT_TIMEOUT_MS, query_timeout: STATEMENT_TIMEOUT_MS };
      return new pg.Client({ ...config, ...limits, keepAlive: true, application_name: 'botfactory-listen' });
    },

    async close(): Promise<void> {
      await prisma.$disconnect();
      await pool.end();
      if (prepared !== pool) await prepared.end();
    },
  };
}

export type Database = ReturnType<typeof openDatabase>;

async function transaction<T>(pool: pg.Pool, work: (sql: Sql) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}
