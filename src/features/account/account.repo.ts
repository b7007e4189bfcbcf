import type { Database } from '#platform/db/database.ts';

export interface SessionRow {
  id: string;
  ip: string | null;
  userAgent: string | null;
  lastSeenAt: Date;
}

export interface Profile {
  username: string;
  usernameKey: string;
  email: string;
  emailKey: string;
  language: string;
}

// A business of years has millions of messages.
const DELETE_TIMEOUT_MS = 120_000;

// S06: the condition is inside the statement, and the admins' rows are locked in one order, so that two admins who leave at
// once take turns and the second stays.
const DELETE_USER = `
  WITH admins AS (SELECT id FROM users WHERE is_admin AND suspended_at IS NULL ORDER BY id FOR UPDATE)
  DELETE FROM users WHERE id = $1
    AND (NOT is_admin OR EXISTS (SELECT 1 FROM admins WHERE admins.id <> $1))`;

const TENANTS_OF_THEIR_OWN = `
  SELECT t.id FROM tenants t JOIN memberships m ON m.tenant_id = t.id
  WHERE m.user_id = $1 AND m.role = 'owner'
    AND NOT EXISTS (SELECT 1 FROM memberships o WHERE o.tenant_id = t.id AND o.role = 'owner' AND o.user_id <> $1)`;

/** A person's own account; every query is bound to their id. */
export function createAccountRepo(database: Database) {
  const { sql } = database;
  return {
    async passwordHash(userId: string): Promise<string | null> {
      const { rows } = await sql.query<{ password_hash: string }>('SELECT password_hash FROM users WHERE id = $1', [userId]);
      return rows[0]?.password_hash ?? null;
    },

    /** Throws a unique conflict when a name is taken. Old reset links end when the address changes. */
    async updateProfile(userId: string, { username, usernameKey, email, emailKey, language }: Profile): Promise<void> {
      await sql.query(
        `WITH changed AS (DELETE FROM password_resets r USING users u WHERE r.user_id = $1 AND u.id = $1 AND u.email_key <> $5)
         UPDATE users SET username = $2, username_key = $3, email = $4, email_key = $5, language = $6 WHERE id = $1`,
        [userId, username, usernameKey, email, emailKey, language],
      );
    },

    /** The new password, and the end of every session and reset link. False when the old one was changed meanwhile. */
    async changePassword(userId: string, oldHash: string, newHash: string): Promise<boolean> {
      const { rowCount } = await sql.query(
        `WITH changed AS (UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2 RETURNING id),
         ended AS (DELETE FROM sessions WHERE user_id IN (SELECT id FROM changed)),
         links AS (DELETE FROM password_resets WHERE user_id IN (SELECT id FROM changed))
         SELECT id FROM changed`,
        [userId, oldHash, newHash],
      );
      return rowCount === 1;
    },

    async sessions(userId: string): Promise<SessionRow[]> {
      const { rows } = await sql.query<SessionRow & Record<string, unknown>>(
        `SELECT id_hash AS id, ip, user_agent AS "userAgent", last_seen_at AS "lastSeenAt"
         FROM sessions WHERE user_id = $1 AND expires_at > now() ORDER BY last_seen_at DESC LIMIT 50`,
        [userId],
      );
      return rows;
    },

    async endSession(userId: string, id: string): Promise<boolean> {
      const { rowCount } = await sql.query('DELETE FROM sessions WHERE user_id = $1 AND id_hash = $2', [userId, id]);
      return rowCount === 1;
    },

    async endOtherSessions(userId: string, keepId: string): Promise<number> {
      const { rowCount } = await sql.query('DELETE FROM sessions WHERE user_id = $1 AND id_hash <> $2', [userId, keepId]);
      return rowCount ?? 0;
    },

    /** The person and every business nobody else owns, with everything in them. False for the last admin: nothing is deleted. */
    deleteEverything: (userId: string): Promise<boolean> =>
      database.inTransaction(async (tx) => {
        const { rows } = await tx.query<{ id: string }>(TENANTS_OF_THEIR_OWN, [userId]);
        const { rowCount } = await tx.query(DELETE_USER, [userId]);
        if (rowCount !== 1) return false;
        await tx.query(`SET LOCAL statement_timeout = ${DELETE_TIMEOUT_MS}`);
        // query_timeout is node-postgres' own limit per statement; its types do not know it.
        const removal = {
          text: 'DELETE FROM tenants WHERE id = ANY($1::uuid[])',
          values: [rows.map(({ id }) => id)],
          query_timeout: DELETE_TIMEOUT_MS,
        };
        await tx.query(removal);
        return true;
      }),
  };
}

export type AccountRepo = ReturnType<typeof createAccountRepo>;
