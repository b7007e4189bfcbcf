import type { Database } from '#platform/db/database.ts';
import type { Logger } from '#platform/logger.ts';
import type { ConnectionSecrets } from './connection-secrets.ts';

interface Row {
  id: string;
  tenantId: string;
  sealedSecrets: string;
}

const BATCH = 200;
const NEXT = `SELECT id, tenant_id AS "tenantId", sealed_secrets AS "sealedSecrets" FROM connections
  WHERE id > $1 ORDER BY id LIMIT ${BATCH}`;
// What an owner has entered meanwhile is newer than what was read.
const REPLACE = 'UPDATE connections SET sealed_secrets = $3 WHERE id = $1 AND sealed_secrets = $2';
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/**
 * S57: seals with the newest key whatever an older one sealed, so that the older one can be taken out of ENCRYPTION_KEY. Row
 * by row: stopped anywhere, the next run goes on. Resolves to how many were sealed anew.
 */
export function createReseal({ database, secrets, logger }: { database: Database; secrets: ConnectionSecrets; logger: Logger }) {
  async function resealed(row: Row): Promise<boolean> {
    try {
      const sealed = secrets.reseal(row);
      return sealed !== null && (await database.sql.query(REPLACE, [row.id, row.sealedSecrets, sealed])).rowCount === 1;
    } catch {
      logger.warn(
        { connectionId: row.id },
        'no key of ENCRYPTION_KEY opens these credentials; their owner has to enter them again',
      );
      return false;
    }
  }

  return async (): Promise<number> => {
    let [done, after] = [0, BEFORE_ALL];
    for (;;) {
      const { rows } = await database.sql.query<Row>(NEXT, [after]);
      for (const row of rows) if (await resealed(row)) done++;
      const last = rows.at(-1);
      if (!last || rows.length < BATCH) break;
      after = last.id;
    }
    if (done > 0) logger.info({ connections: done }, 'sealed anew with the newest key');
    return done;
  };
}
