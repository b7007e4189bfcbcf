import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum, type SqlMigrationAwareDriverAdapterFactory, type SqlQueryable } from '@prisma/driver-adapter-utils';
import pg from 'pg';

// The catalogue has columns of the internal type "char" (OID 18), which adapter-pg 7.10.0 refuses to name although the
// schema engine wants to read them. The pool lets them through as text and remembers them, the adapter names them right.
const CHAR_OID = 18;
const TEXT_OID = 25;

// Held by a script that runs, until it has come to its end: a killed process' script goes on at the server.
const SCRIPT_LOCK = 7_242_025;
const LOCK_SCRIPT = `SELECT pg_advisory_xact_lock(${SCRIPT_LOCK})`;

/**
 * In the script's own transaction, so that what is recorded as done is done, and what is not was undone: the engine records it
 * in a statement of its own afterwards, and whoever is killed in between would leave a migration nobody could tell about.
 */
const RECORD_DONE = `DO $done$ BEGIN IF to_regclass('public._prisma_migrations') IS NOT NULL THEN
  UPDATE public._prisma_migrations SET finished_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL;
END IF; END $done$`;

/**
 * Waits for a script that is still running, of a process that was killed, and forgets the migrations that were begun and
 * undone, so that they are applied anew. For whoever is alone in migrating.
 */
export async function forgetUndone(client: pg.Client): Promise<void> {
  await client.query(LOCK_SCRIPT);
  await client.query('DELETE FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NULL');
}

/** A pool whose "char" columns pass the adapter. */
export class CataloguePool extends pg.Pool {
  readonly charColumns = new Set<string>();

  override async query(...args: unknown[]): Promise<never> {
    const result = await (super.query as (...args: unknown[]) => Promise<pg.QueryResult>)(...args);
    for (const field of result.fields ?? []) {
      if (field.dataTypeID !== CHAR_OID) continue;
      field.dataTypeID = TEXT_OID;
      this.charColumns.add(field.name);
    }
    return result as never;
  }
}

/**
 * Prisma's adapter for the schema engine alone. A migration is sent as one script, which Postgres runs in one implicit
 * transaction; adapter-pg would cut it at every semicolon, also inside a function's body.
 */
export class CataloguePg extends PrismaPg implements SqlMigrationAwareDriverAdapterFactory {
  readonly #pool: CataloguePool;

  constructor(pool: CataloguePool) {
    super(pool);
    this.#pool = pool;
  }

  override async connect(): ReturnType<PrismaPg['connect']> {
    const adapter = await super.connect();
    const queryRaw = adapter.queryRaw.bind(adapter) as SqlQueryable['queryRaw'];
    adapter.queryRaw = async (query) => {
      const result = await queryRaw(query);
      const columnTypes = result.columnTypes.map((type, i) =>
        this.#pool.charColumns.has(result.columnNames[i] as string) ? ColumnTypeEnum.Character : type,
      );
      return { ...result, columnTypes };
    };
    adapter.executeScript = async (script) => {
      await this.#pool.query(`${LOCK_SCRIPT};\n${script}\n;\n${RECORD_DONE}`);
    };
    return adapter;
  }
}
