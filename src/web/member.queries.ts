import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

/** A user in a business: who is asking, read from the database at every request. */
export interface Member {
  user: { id: string; username: string; email: string; language: string; isAdmin: boolean };
  tenant: { id: string; name: string; timeZone: string };
  role: 'owner' | 'operator';
}

const findMember = report<
  { userId: string },
  Member['user'] & { role: Member['role']; tenantId: string; tenantName: string; timeZone: string }
>(import.meta.url, './statements/find-member.sql');

const tenantsOfSessions = report<{ sessionKeys: string[] }, { sessionKey: string; tenantId: string }>(
  import.meta.url,
  './statements/tenants-of-sessions.sql',
);

/** The member a user id stands for; null when the user or the business is gone or suspended. */
export async function findMemberAcrossTenants({ sql }: Database, userId: string): Promise<Member | null> {
  const [row] = await findMember(sql, { userId });
  if (!row) return null;
  const { role, tenantId, tenantName, timeZone, ...user } = row;
  return { user, tenant: { id: tenantId, name: tenantName, timeZone }, role };
}

/** The tenant of each open session whose user and business are not suspended. */
export async function tenantsOfSessionsAcrossTenants({ sql }: Database, sessionKeys: string[]): Promise<Map<string, string>> {
  const rows = await tenantsOfSessions(sql, { sessionKeys });
  return new Map(rows.map(({ sessionKey, tenantId }) => [sessionKey, tenantId]));
}
