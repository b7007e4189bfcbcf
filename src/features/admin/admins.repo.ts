import type { Database } from '#platform/db/database.ts';

export interface AdminRow {
  id: string;
  username: string;
  email: string;
  suspended: boolean;
}

const FIELDS = 'id, username, email, suspended_at IS NOT NULL AS suspended';
const NAMED = '(username_key = $1 OR email_key = $1)';

// S06: the rows of all admins are locked in one order, and the condition is looked at inside the statement: of two that are
// revoked at once the second finds itself alone, and stays.
const REVOKE = `
  WITH admins AS (SELECT id FROM users WHERE is_admin AND suspended_at IS NULL ORDER BY id FOR UPDATE)
  UPDATE users SET is_admin = false
  WHERE ${NAMED} AND is_admin AND EXISTS (SELECT 1 FROM admins WHERE admins.id <> users.id)
  RETURNING ${FIELDS}`;

/** Who looks after the installation. Names are keys (core/account-rules keyOf). */
export function createAdminsRepo({ sql }: Pick<Database, 'sql'>) {
  const rowsOf = async (text: string, values: unknown[]): Promise<AdminRow[]> =>
    (await sql.query<AdminRow & Record<string, unknown>>(text, values)).rows;

  return {
    listAcrossTenants: (): Promise<AdminRow[]> => rowsOf(`SELECT ${FIELDS} FROM users WHERE is_admin ORDER BY username_key`, []),

    /** The person, an admin from now on; null when nobody has the name. */
    grantAcrossTenants: async (key: string): Promise<AdminRow | null> =>
      (await rowsOf(`UPDATE users SET is_admin = true WHERE ${NAMED} RETURNING ${FIELDS}`, [key]))[0] ?? null,

    /** `last`: an admin who has to stay, because nobody else is one. `missing`: no admin has the name. */
    async revokeAcrossTenants(key: string): Promise<AdminRow | 'last' | 'missing'> {
      const [revoked] = await rowsOf(REVOKE, [key]);
      if (revoked) return revoked;
      const [admin] = await rowsOf(`SELECT ${FIELDS} FROM users WHERE ${NAMED} AND is_admin`, [key]);
      return admin ? 'last' : 'missing';
    },
  };
}

export type AdminsRepo = ReturnType<typeof createAdminsRepo>;
