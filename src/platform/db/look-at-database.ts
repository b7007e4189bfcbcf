import pg from 'pg';
import type { DatabaseAddress } from './database.ts';
import { connectionConfig, MIGRATIONS, readMigrations } from './migrate.ts';

export interface DatabaseLook {
  /** As the server names itself. */
  version: string;
  now: Date;
  /** Of this version's migrations, those that the next start applies. */
  missing: string[];
}

const UNDEFINED_TABLE = '42P01';

/** Reads and changes nothing. @throws what the driver throws when the server is not there or refuses */
export async function lookAtDatabase(address: DatabaseAddress): Promise<DatabaseLook> {
  const client = new pg.Client(connectionConfig(address));
  await client.connect();
  try {
    const { rows } = await client.query<{ version: string; now: Date }>(
      "SELECT current_setting('server_version') AS version, now()",
    );
    const applied = await client
      .query<{ name: string }>('SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL')
      .catch((error: { code?: string }) => {
        if (error.code === UNDEFINED_TABLE) return { rows: [] };
        throw error;
      });
    const known = new Set(applied.rows.map(({ name }) => name));
    const missing = (await readMigrations(MIGRATIONS)).map(({ name }) => name).filter((name) => !known.has(name));
    const [{ version, now } = { version: '', now: new Date() }] = rows;
    return { version, now, missing };
  } finally {
    await client.end();
  }
}
