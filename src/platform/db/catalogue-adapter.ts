import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum, type SqlMigrationAwareDriverAdapterFactory, type SqlQueryable } from '@prisma/driver-adapter-utils';
import pg from 'pg';

// The catalogue has columns of the internal type "char" (OID 18), which adapter-pg 7.10.0 refuses to name although the
// schema engine wants to read them. The pool lets them through as text and remembers them, the adapter names them right.
const CHAR_OID = 18;
const TEXT_OID = 25;

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
      await this.#pool.query(script);
    };
    return adapter;
  }
}
