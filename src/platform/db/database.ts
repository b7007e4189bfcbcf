import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from './generated/client.ts';
import { retryOnConflict } from './retry.ts';
import type { Transaction } from './row-lock.ts';

export type { PrismaClient } from './generated/client.ts';
export { Prisma } from './generated/client.ts';

export type DatabaseAddress =
  | { kind: 'postgres'; url: string }
  | { kind: 'embedded'; connection: { host: string; port: number; user: string; database: string } };

export interface Sql {
  query<Row extends pg.QueryResultRow>(text: string | pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult<Row>>;
}

// Postgres's bigint. Our ids and counters stay far below 2^53.
const INT8_OID = 20;
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8_OID ? Number : pg.types.getTypeParser(oid, format as 'text'),
} as pg.CustomTypesConfig;

// PGlite has one session, so a second client only waits for the first.
const EMBEDDED_CONNECTIONS = 1;
const POSTGRES_CONNECTIONS = 10;
const PREPARED_CONNECTIONS = 6;
// R06 (pool used up): the wait is bounded, so the answer is 503 within 5 s.
const CONNECT_TIMEOUT_MS = 4_000;
const STATEMENT_TIMEOUT_MS = 4_500;

// Named statements are those of the message path. Planning costs more than running them, so each connection plans them once.
// A plan made while a table was nearly empty would scan all of it for as long as the plan lives. Hence: no sequential scans, no
// bitmaps (built from whole indexes), and costs that count rows instead of pages. JIT compiles longer than they run.
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
// Prisma sends and reads times without a zone, so every session must use UTC.
const SESSION_SETTINGS = "SET TIME ZONE 'UTC'";
/** On the embedded database any other use inside a transaction's callback waits forever: it has one connection. */
export function openDatabase(address: DatabaseAddress, { onError }: { onError: (error: Error) => void }) {
  const base: pg.PoolConfig =
    address.kind === 'postgres'
      ? { connectionString: address.url, max: POSTGRES_CONNECTIONS, statement_timeout: STATEMENT_TIMEOUT_MS }
      : { ...address.connection, max: EMBEDDED_CONNECTIONS };
  const planOnce = async (client: pg.ClientBase): Promise<void> => {
    // Read by the SQL function async_commit().
    const asyncCommit = address.kind === 'postgres' ? "; SET botfactory.async_commit = 'off'" : '';
    await client.query(`${SESSION_SETTINGS}; ${PLAN_ONCE}${asyncCommit}`).catch(onError);
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
  const prepared = address.kind === 'postgres' ? newPool({ max: PREPARED_CONNECTIONS, onConnect: planOnce }) : pool;
  const sql: Sql = {
    // A single statement is retried after a conflict. Callers of prepared statements retry themselves.
    query: (text, values) =>
      typeof text === 'object' && text.name ? prepared.query(text) : retryOnConflict(() => pool.query(text, values)),
  };
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool),
    transactionOptions: { maxWait: 10_000, timeout: 10_000 },
  });

  return {
    kind: address.kind,
    prisma,
    pool,
    sql,

    /** The database's clock, by which processes coordinate. Their own clocks may be minutes apart. */
    now: async (): Promise<Date> => (await sql.query<{ now: Date }>('SELECT now()')).rows[0]?.now as Date,

    /** `work` may run again after a conflict, so it contains nothing but statements. */
    inTransaction: <T>(work: (sql: Sql) => Promise<T>): Promise<T> => retryOnConflict(() => transaction(pool, work)),

    /** `work` may run again after a conflict, so it contains nothing but queries on `tx`. */
    transaction: <T>(work: (tx: Transaction) => Promise<T>, { timeoutMs }: { timeoutMs?: number } = {}): Promise<T> =>
      retryOnConflict(() => prisma.$transaction(work, timeoutMs === undefined ? {} : { timeout: timeoutMs })),

    /** A client outside the pool, for LISTEN. The caller ends it. */
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
