import { removeOldRefusalsAcrossTenants } from '#pipeline/refusal-counter.ts';
import type { Database } from '#platform/db/database.ts';
import { removeOldFormKeysAcrossTenants } from '#web/form-once.ts';
import type { Limits } from '#web/limits.ts';
import { removeExpiredSessionsAcrossTenants } from '#web/session.ts';

/** Removes what has expired and belongs to no feature. Safe to repeat. */
export function createHousekeeping({ database, limits }: { database: Database; limits: Pick<Limits, 'removeExpired'> }) {
  return async (now: Date): Promise<void> => {
    await removeExpiredSessionsAcrossTenants(database, now);
    await removeOldFormKeysAcrossTenants(database, now);
    await limits.removeExpired(now);
    await removeOldRefusalsAcrossTenants(database, now);
  };
}
