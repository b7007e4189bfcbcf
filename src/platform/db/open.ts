import { join } from 'node:path';
import { damagedError } from '../embedded/data-folder.ts';
import { type EmbeddedDatabase, openEmbedded } from '../embedded/embedded-database.ts';
import { type Database, type DatabaseAddress, openDatabase } from './database.ts';
import { migrate } from './migrate.ts';

export interface OpenedDatabase {
  database: Database;
  address: DatabaseAddress;
  /** Null on Postgres. */
  embedded: EmbeddedDatabase | null;
  /** Migrations in it that only a newer version has. */
  newerMigrations: string[];
  close(): Promise<void>;
}

/** Opens Postgres by URL, else the embedded database under dataDir; migrated either way. */
export async function openMigrated({
  databaseUrl,
  dataDir,
  onError,
}: {
  databaseUrl: string | undefined;
  dataDir: string;
  onError: (error: Error) => void;
}): Promise<OpenedDatabase> {
  const embedded = databaseUrl ? null : await openEmbedded(join(dataDir, 'database'));
  const address: DatabaseAddress = databaseUrl
    ? { kind: 'postgres', url: databaseUrl }
    : { kind: 'embedded', connection: (embedded as EmbeddedDatabase).connection };
  const { newer } = await migrate(address).catch(async (error: unknown) => {
    await embedded?.close();
    throw embedded && isDamaged(error) ? await damagedError(join(dataDir, 'database'), (error as Error).message) : error;
  });
  const database = openDatabase(address, { onError });
  return {
    database,
    address,
    embedded,
    newerMigrations: newer,
    async close() {
      await database.close();
      await embedded?.close();
    },
  };
}

// Source: https://www.postgresql.org/docs/18/errcodes-appendix.html (data_corrupted, index_corrupted, undefined_file, io_error).
const DAMAGED = /^(?:XX00[12]|58P01|58030)$/;

function isDamaged(error: unknown): boolean {
  const { code, cause } = error as { code?: string; cause?: { code?: string } };
  return DAMAGED.test(code ?? cause?.code ?? '');
}
