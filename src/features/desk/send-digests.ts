import type { Database } from '#platform/db/database.ts';
import type { Notifications } from '#platform/db/notifications.ts';
import { report } from '#platform/db/statement.ts';

const makeDigests = report<{ now: Date }, { id: string }>(import.meta.url, './statements/make-digests.sql');

/** The digest of the day for every desk, at 20:00 of its business. */
export const createDeskDigest =
  ({ database, notifications }: { database: Pick<Database, 'sql'>; notifications: Pick<Notifications, 'notify'> }) =>
  async (now: Date): Promise<void> => {
    const made = await makeDigests(database.sql, { now });
    if (made.length > 0) await notifications.notify('desk');
  };
