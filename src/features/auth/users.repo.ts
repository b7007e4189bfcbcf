import { PLANS } from '#core/plans.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';

export interface NewUser {
  username: string;
  usernameKey: string;
  email: string;
  emailKey: string;
  passwordHash: string;
  language: string;
}

export interface Credentials {
  id: string;
  passwordHash: string;
  tenantId: string | null;
  /** The person, or the business. */
  suspended: boolean;
}

const { type, maxBots, maxMessagesPerMonth } = (({ name, ...limits }) => ({ type: name, ...limits }))(PLANS.FREE);

// One statement, so all of it or nothing, without a transaction held open on the embedded database.
const INSERT = `
  WITH tenant AS (INSERT INTO tenants (id, name) VALUES ($1, $3) RETURNING id),
  person AS (
    INSERT INTO users (id, username, username_key, email, email_key, password_hash, language)
    VALUES ($2, $3, $4, $5, $6, $7, $8) RETURNING id
  ),
  membership AS (INSERT INTO memberships (tenant_id, user_id, role) SELECT tenant.id, person.id, 'owner' FROM tenant, person)
  INSERT INTO subscriptions (id, tenant_id, type, max_bots, max_messages_per_month)
  SELECT $9, tenant.id, '${type}', ${maxBots}, ${maxMessagesPerMonth} FROM tenant`;

const FIND_BY = (column: 'email_key' | 'username_key' | 'id'): string => `
  SELECT u.id, u.password_hash AS "passwordHash", m.tenant_id AS "tenantId",
    (u.suspended_at IS NOT NULL OR t.suspended_at IS NOT NULL) AS suspended
  FROM users u LEFT JOIN memberships m ON m.user_id = u.id LEFT JOIN tenants t ON t.id = m.tenant_id WHERE u.${column} = $1 ORDER BY m.created_at LIMIT 1`;

/** People who may sign in; a sign-in does not know its business yet. */
export function createUsersRepo(database: Database) {
  async function find(column: Parameters<typeof FIND_BY>[0], value: string): Promise<Credentials | null> {
    const { rows } = await database.sql.query<Credentials & Record<string, unknown>>(FIND_BY(column), [value]);
    return rows[0] ?? null;
  }

  return {
    /** A business on the free plan with its owner. Throws a unique conflict when either name is taken. */
    async insertWithTenant(user: NewUser): Promise<{ userId: string; tenantId: string }> {
      const ids = { tenantId: newId(), userId: newId() };
      const { username, usernameKey, email, emailKey, passwordHash, language } = user;
      const values = [username, usernameKey, email, emailKey, passwordHash, language];
      await database.sql.query(INSERT, [ids.tenantId, ids.userId, ...values, newId()]);
      return ids;
    },

    findByLoginAcrossTenants: (key: string): Promise<Credentials | null> =>
      find(key.includes('@') ? 'email_key' : 'username_key', key),

    findByIdAcrossTenants: (userId: string): Promise<Credentials | null> => find('id', userId),

    async adminsAcrossTenants(): Promise<{ email: string; language: string }[]> {
      const text = 'SELECT email, language FROM users WHERE is_admin AND suspended_at IS NULL';
      return (await database.sql.query<{ email: string; language: string }>(text)).rows;
    },
  };
}

export type UsersRepo = ReturnType<typeof createUsersRepo>;
