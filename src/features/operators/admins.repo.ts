import type { Database } from '#platform/db/database.ts';

export interface AdminRow {
  id: string;
  username: string;
  email: string;
  suspended: boolean;
}

const FIELDS = 'id, username, email, suspended_at IS NOT NULL AS suspended';
const NAMED = '(username_key = $1 OR email_key = $1)';
const BY_ID = 'id = $1';

// S06: the rows of all admins are locked in one order, and the condition is looked at inside the statement: of two that are
// revoked at once the second finds itself alone, and stays.
const revoking = (whom: string): string => `
  WITH admins AS (SELECT id FROM users WHERE is_admin AND suspended_at IS NULL ORDER BY id FOR UPDATE)
  UPDATE users SET is_admin = false
  WHERE ${whom} AND is_admin AND EXISTS (SELECT 1 FROM admins WHERE admins.id <> users.id)
  RETURNING ${FIELDS}`;

/** Who looks after the installation. Names are keys (core/account-rules keyOf). */
export function createAdminsRepo({ sql }: Pick<Database, 'sql'>) {
  const rowsOf = async (text: string, values: unknown[]): Promise<AdminRow[]> =>
    (await sql.query<AdminRow & Record<string, unknown>>(text, values)).rows;

  const grant = async (whom: string, value: string): Promise<AdminRow | null> =>
    (await rowsOf(`UPDATE users SET is_admin = true WHERE ${whom} RETURNING ${FIELDS}`, [value]))[0] ?? null;

  async function revoke(whom: string, value: string): Promise<AdminRow | 'last' | 'missing'> {
    const [revoked] = await rowsOf(revoking(whom), [value]);
    if (revoked) return revoked;
    const [admin] = await rowsOf(`SELECT ${FIELDS} FROM users WHERE ${whom} AND is_admin`, [value]);
    return admin ? 'last' : 'missing';
  }

  return {
    listAcrossTenants: (): Promise<AdminRow[]> => rowsOf(`SELECT ${FIELDS} FROM users WHERE is_admin ORDER BY username_key`, []),

    /** The person, an admin from now on; null when nobody has the name. */
    grantAcrossTenants: (key: string): Promise<AdminRow | null> => grant(NAMED, key),
    /** The same by id; null also for somebody who is suspended. */
    grantByIdAcrossTenants: (id: string): Promise<AdminRow | null> => grant(`${BY_ID} AND suspended_at IS NULL`, id),

    /** `last`: an admin who has to stay, because nobody else is one. `missing`: no admin has the name. */
    revokeAcrossTenants: (key: string): Promise<AdminRow | 'last' | 'missing'> => revoke(NAMED, key),
    revokeByIdAcrossTenants: (id: string): Promise<AdminRow | 'last' | 'missing'> => revoke(BY_ID, id),
  };
}

export type AdminsRepo = ReturnType<typeof createAdminsRepo>;
