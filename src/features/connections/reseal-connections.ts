import type { Sealer } from '#platform/crypto/seal.ts';
import type { Database } from '#platform/db/database.ts';
import { resealKeyCheck } from '#platform/db/key-check.ts';
import type { Logger } from '#platform/logger.ts';
import type { ConnectionSecrets } from './connection-secrets.ts';

interface Row {
  id: string;
  tenantId: string;
  sealedSecrets: string;
}

const BATCH = 200;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

interface Deps {
  database: Database;
  secrets: ConnectionSecrets;
  sealer: Sealer;
  logger: Logger;
}

/** S57 (key rotation): seals rows of older keys with the newest key. An interrupted run continues later. Returns the count. */
export function createReseal({ database, secrets, sealer, logger }: Deps) {
  async function resealed(row: Row): Promise<boolean> {
    try {
      const sealed = secrets.reseal(row);
      if (sealed === null) return false;
      // Credentials that the owner entered meanwhile are newer.
      const where = { id: row.id, sealedSecrets: row.sealedSecrets };
      return (await database.prisma.connection.updateMany({ where, data: { sealedSecrets: sealed } })).count === 1;
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
      const rows: Row[] = await database.prisma.connection.findMany({
        where: { id: { gt: after } },
        orderBy: { id: 'asc' },
        take: BATCH,
        select: { id: true, tenantId: true, sealedSecrets: true },
      });
      for (const row of rows) if (await resealed(row)) done++;
      const last = rows.at(-1);
      if (!last || rows.length < BATCH) break;
      after = last.id;
    }
    await resealKeyCheck(database, sealer);
    if (done > 0) logger.info({ connections: done }, 'sealed anew with the newest key');
    return done;
  };
}
