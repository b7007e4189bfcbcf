import type { Database } from '#platform/db/database.ts';

/** A user in a business: who is asking, read from the database at every request. */
export interface Member {
  user: { id: string; username: string; email: string; language: string; isAdmin: boolean };
  tenant: { id: string; name: string; timeZone: string };
  role: 'owner' | 'operator';
}

interface Row {
  id: string;
  username: string;
  email: string;
  language: string;
  admin: boolean;
  role: Member['role'];
  tenant_id: string;
  tenant_name: string;
  time_zone: string;
}

const MEMBERS = `users u JOIN memberships m ON m.user_id = u.id JOIN tenants t ON t.id = m.tenant_id
    AND u.suspended_at IS NULL AND t.suspended_at IS NULL`;
const FIND = `
  SELECT u.id, u.username, u.email, u.language, u.is_admin AS admin, m.role, t.id AS tenant_id, t.name AS tenant_name, t.time_zone
  FROM ${MEMBERS} WHERE u.id = $1 ORDER BY m.created_at LIMIT 1`;
const TENANTS = `SELECT DISTINCT ON (s.id_hash) s.id_hash AS "sessionKey", t.id AS "tenantId"
  FROM ${MEMBERS} JOIN sessions s ON s.user_id = u.id
  WHERE s.id_hash = ANY($1) AND s.expires_at > now() ORDER BY s.id_hash, m.created_at`;

/** The member a user id stands for; null when the user or the business is gone or suspended. */
export async function findMemberAcrossTenants(database: Database, userId: string): Promise<Member | null> {
  const { rows } = await database.sql.query<Row>(FIND, [userId]);
  const [row] = rows;
  if (!row) return null;
  return {
    user: { id: row.id, username: row.username, email: row.email, language: row.language, isAdmin: row.admin },
    tenant: { id: row.tenant_id, name: row.tenant_name, timeZone: row.time_zone },
    role: row.role,
  };
}

/** The tenant each of these sessions' people belong to; what ended, and who is suspended or gone, is left out. */
export async function tenantsOfSessionsAcrossTenants(database: Database, sessionKeys: string[]): Promise<Map<string, string>> {
  const { rows } = await database.sql.query<{ sessionKey: string; tenantId: string }>(TENANTS, [sessionKeys]);
  return new Map(rows.map(({ sessionKey, tenantId }) => [sessionKey, tenantId]));
}
