import { join } from 'node:path';
import { type EmbeddedDatabase, openEmbedded } from '../embedded/embedded-database.ts';
import { type Database, type DatabaseAddress, openDatabase } from './database.ts';
import { migrate } from './migrate.ts';

export interface OpenedDatabase {
  database: Database;
  address: DatabaseAddress;
  /** Null on Postgres. */
  embedded: EmbeddedDatabase | null;
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
  await migrate(address);
  const database = openDatabase(address, { onError });
  return {
    database,
    address,
    embedded,
    async close() {
      await database.close();
      await embedded?.close();
    },
  };
}
