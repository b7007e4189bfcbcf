import type { Database } from '#platform/db/database.ts';

export interface ResetUser {
  id: string;
  username: string;
  email: string;
  language: string;
  tenantId: string | null;
}

const PERSON = 'u.id, u.username, u.email, u.language, m.tenant_id AS "tenantId"';

/** One-time links to a new password; only their hashes are kept. */
export function createPasswordResetsRepo(database: Database) {
  return {
    async findUserAcrossTenants(emailKey: string): Promise<ResetUser | null> {
      const { rows } = await database.sql.query<ResetUser & Record<string, unknown>>(
        `SELECT ${PERSON} FROM users u LEFT JOIN memberships m ON m.user_id = u.id
         WHERE u.email_key = $1 AND u.suspended_at IS NULL LIMIT 1`,
        [emailKey],
      );
      return rows[0] ?? null;
    },

    /** Replaces whatever links the person had: only the newest opens. */
    async replace(userId: string, tokenHash: string, expiresAt: Date): Promise<void> {
      await database.inTransaction(async (sql) => {
        await sql.query('DELETE FROM password_resets WHERE user_id = $1', [userId]);
        await sql.query('INSERT INTO password_resets (token_hash, user_id, expires_at) VALUES ($1, $2, $3)', [
          tokenHash,
          userId,
          expiresAt,
        ]);
      });
    },

    async findByTokenAcrossTenants(tokenHash: string, now: Date): Promise<ResetUser | null> {
      const { rows } = await database.sql.query<ResetUser & Record<string, unknown>>(
        `SELECT ${PERSON} FROM password_resets r JOIN users u ON u.id = r.user_id LEFT JOIN memberships m ON m.user_id = u.id
         WHERE r.token_hash = $1 AND r.used_at IS NULL AND r.expires_at > $2 LIMIT 1`,
        [tokenHash, now],
      );
      return rows[0] ?? null;
    },

    /** Uses the link up, sets the password and ends every session. False when somebody used it a moment before. */
    redeem: (tokenHash: string, passwordHash: string, now: Date): Promise<boolean> =>
      database.inTransaction(async (sql) => {
        const { rows } = await sql.query<{ user_id: string }>(
          `UPDATE password_resets SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING user_id`,
          [tokenHash, now],
        );
        const userId = rows[0]?.user_id;
        if (!userId) return false;
        await sql.query('UPDATE users SET password_hash = $2 WHERE id = $1', [userId, passwordHash]);
        await sql.query('DELETE FROM sessions WHERE user_id = $1', [userId]);
        return true;
      }),
  };
}

export type PasswordResetsRepo = ReturnType<typeof createPasswordResetsRepo>;
