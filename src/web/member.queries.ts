import type { Role } from '#core/rights.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

export interface Member {
  user: { id: string; username: string; email: string; language: string; isAdmin: boolean };
  tenant: { id: string; name: string; timeZone: string };
  role: Role;
  /** All businesses of the person, this one among them. */
  businesses: { id: string; name: string }[];
}

const findMember = report<
  { userId: string; tenantId: string | null },
  Member['user'] & Pick<Member, 'role' | 'businesses'> & { tenantId: string; tenantName: string; timeZone: string }
>(import.meta.url, './statements/find-member.sql');

const tenantsOfSessions = report<{ sessionKeys: string[] }, { sessionKey: string; tenantId: string }>(
  import.meta.url,
  './statements/tenants-of-sessions.sql',
);

/** In the business, or else in the one they chose last. Null when the user or every business is gone or suspended. */
export async function findMemberAcrossTenants(
  { sql }: Database,
  of: { userId: string; tenantId: string | null },
): Promise<Member | null> {
  const [row] = await findMember(sql, of);
  if (!row) return null;
  const { role, tenantId, tenantName, timeZone, businesses, ...user } = row;
  return { user, tenant: { id: tenantId, name: tenantName, timeZone }, role, businesses };
}

export async function tenantsOfSessionsAcrossTenants({ sql }: Database, sessionKeys: string[]): Promise<Map<string, string>> {
  const rows = await tenantsOfSessions(sql, { sessionKeys });
  return new Map(rows.map(({ sessionKey, tenantId }) => [sessionKey, tenantId]));
}
