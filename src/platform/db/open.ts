import { join } from 'node:path';
import { damagedError } from '../embedded/data-folder.ts';
import { type EmbeddedDatabase, openEmbedded } from '../embedded/embedded-database.ts';
import { type Database, type DatabaseAddress, openDatabase } from './database.ts';
import { refuseWrongKey, storeKeyCheck } from './key-check.ts';
import { migrate } from './migrate.ts';

export interface OpenedDatabase {
  database: Database;
  address: DatabaseAddress;
  /** Null on Postgres. */
  embedded: EmbeddedDatabase | null;
  newerMigrations: string[];
  close(): Promise<void>;
}

export async function openMigrated({
  databaseUrl,
  dataDir,
  embedded: alreadyOpen,
  keys,
  onError,
}: {
  databaseUrl: string | undefined;
  dataDir: string;
  embedded?: EmbeddedDatabase | null;
  /** Of the environment: a database sealed with others is refused before anything is written. */
  keys?: readonly string[];
  onError: (error: Error) => void;
}): Promise<OpenedDatabase> {
  const embedded = databaseUrl ? null : (alreadyOpen ?? (await openEmbedded(join(dataDir, 'database'))));
  const address: DatabaseAddress = databaseUrl
    ? { kind: 'postgres', url: databaseUrl }
    : { kind: 'embedded', connection: (embedded as EmbeddedDatabase).connection };
  async function failed(error: unknown): Promise<never> {
    await embedded?.close();
    throw embedded && isDamaged(error) ? await damagedError(join(dataDir, 'database'), (error as Error).message) : error;
  }
  if (keys) await refuseWrongKey(address, keys).catch(failed);
  const { newer } = await migrate(address).catch(failed);
  const database = openDatabase(address, { onError });
  if (keys) await storeKeyCheck(database, keys).catch((error: unknown) => database.close().then(() => failed(error)));
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
