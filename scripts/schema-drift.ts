// Prisma's schema engine, for writing migrations and testing them. The product does not use it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlQueryable,
} from '@prisma/driver-adapter-utils';
import { SchemaEngine } from '@prisma/schema-engine-wasm';
import pg from 'pg';
import type { DatabaseAddress } from '../src/platform/db/database.ts';
import { connectionConfig, MIGRATIONS, readMigrations } from '../src/platform/db/migrate.ts';

const SCHEMA = join(MIGRATIONS, '../schema.prisma');

/** The SQL that brings the connected database to prisma/schema.prisma; empty when they agree. */
export const schemaDrift = (address: DatabaseAddress): Promise<string> =>
  withEngine(address, async (engine) => {
    const files = [{ path: SCHEMA, content: await readFile(SCHEMA, 'utf8') }];
    const { stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: join(MIGRATIONS, '..') },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: null,
      filters: { externalTables: ['public._prisma_migrations'], externalEnums: [] },
    });
    return (stdout ?? '').includes('This is an empty migration') ? '' : (stdout ?? '').trim();
  });

/** Runs `prisma migrate deploy` and returns the names of the applied migrations. */
export const applyByPrisma = (address: DatabaseAddress): Promise<string[]> =>
  withEngine(address, async (engine) => {
    const migrations = await readMigrations(MIGRATIONS);
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: {
        baseDir: MIGRATIONS,
        lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
        shadowDbInitScript: '',
        migrationDirectories: migrations.map(({ name, script }) => ({
          path: name,
          migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: script } },
        })),
      },
      filters: { externalTables: [], externalEnums: [] },
    });
    return appliedMigrationNames;
  });

async function withEngine<T>(address: DatabaseAddress, work: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  const pool = new CataloguePool({ ...connectionConfig(address), max: 1, allowExitOnIdle: true });
  const datamodels: [string, string][] = [[SCHEMA, await readFile(SCHEMA, 'utf8')]];
  const engine = await SchemaEngine.new({ datamodels }, () => {}, bindMigrationAwareSqlAdapterFactory(new CataloguePg(pool)));
  try {
    return await work(engine);
  } finally {
    engine.free();
    await pool.end();
  }
}

// The catalogue has columns of the internal type "char" (OID 18). The schema engine reads them, but adapter-pg 7.10.0 refuses
// the type. So the pool reports them as text, and the adapter reports them as characters.
const CHAR_OID = 18;
const TEXT_OID = 25;

class CataloguePool extends pg.Pool {
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

class CataloguePg extends PrismaPg implements SqlMigrationAwareDriverAdapterFactory {
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
    // adapter-pg would cut the script at every semicolon, also inside a function body.
    adapter.executeScript = async (script) => void (await this.#pool.query(script));
    return adapter;
  }
}
