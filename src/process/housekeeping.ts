import type { Database } from '#platform/db/database.ts';

const UNUSED_PHOTOS = `DELETE FROM broadcast_photos p WHERE p.created_at < now() - interval '1 day'
  AND NOT EXISTS (SELECT 1 FROM broadcasts b WHERE b.photo_id = p.id)`;

/**
 * Removes what has run out: sessions, password resets, photos no broadcast uses, refusals of the day before yesterday and the
 * rate limiter's points. Safe at any time, any number of times.
 */
export function createHousekeeping({ database }: { database: Database }) {
  return async (): Promise<void> => {
    await database.sql.query('DELETE FROM sessions WHERE expires_at < now()');
    await database.sql.query("DELETE FROM password_resets WHERE expires_at < now() - interval '1 day'");
    await database.sql.query(UNUSED_PHOTOS);
    await database.sql.query("DELETE FROM webhook_refusals WHERE slot < now() - interval '2 days'");
    await database.sql.query('DELETE FROM rate_limits WHERE expire < extract(epoch FROM now()) * 1000');
  };
}
