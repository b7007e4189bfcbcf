import pg from 'pg';
import type { DatabaseAddress } from './database.ts';
import { checksumsIn, connectionConfig, MIGRATIONS, readMigrations } from './migrate.ts';

export interface DatabaseLook {
  /** As the server names itself. */
  version: string;
  now: Date;
  /** Of this version's migrations, those that the next start applies. */
  missing: string[];
}

/** Reads and changes nothing. @throws what the driver throws when the server is not there or refuses */
export async function lookAtDatabase(address: DatabaseAddress): Promise<DatabaseLook> {
  const client = new pg.Client(connectionConfig(address));
  await client.connect();
  try {
    const { rows } = await client.query<{ version: string; now: Date }>(
      "SELECT current_setting('server_version') AS version, now()",
    );
    const applied = await checksumsIn(client);
    const missing = (await readMigrations(MIGRATIONS)).map(({ name }) => name).filter((name) => !applied.has(name));
    const [{ version, now } = { version: '', now: new Date() }] = rows;
    return { version, now, missing };
  } finally {
    await client.end();
  }
}
