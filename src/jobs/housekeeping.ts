import type { Database } from '#platform/db/database.ts';

/** Removes what has run out: sessions, password resets and the rate limiter's points. Safe at any time, any number of times. */
export function createHousekeeping({ database }: { database: Database }) {
  return async (): Promise<void> => {
    await database.sql.query('DELETE FROM sessions WHERE expires_at < now()');
    await database.sql.query("DELETE FROM password_resets WHERE expires_at < now() - interval '1 day'");
    await database.sql.query('DELETE FROM rate_limits WHERE expire < extract(epoch FROM now()) * 1000');
  };
}
