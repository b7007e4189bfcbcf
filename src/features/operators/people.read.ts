import type { PlanName } from '#core/plans.ts';
import type { Database } from '#platform/db/database.ts';

/** A person with the business they belong to, as a line of the admins' list. */
export interface PersonLine {
  id: string;
  username: string;
  email: string;
  isAdmin: boolean;
  suspended: boolean;
  role: 'owner' | 'operator' | null;
  tenantId: string | null;
  tenantName: string | null;
  plan: PlanName;
  botCount: number;
  used: number;
  createdAt: Date;
}

/** One person's page. */
export interface Person extends Omit<PersonLine, 'botCount' | 'used' | 'plan'> {
  language: string;
  timeZone: string | null;
  personSuspendedAt: Date | null;
  tenantSuspendedAt: Date | null;
}

export const STATES = ['all', 'active', 'suspended', 'admin'] as const;
export interface PeopleFilter {
  q: string;
  plan: PlanName | null;
  state: (typeof STATES)[number];
  /** The last id of the page before; null: the first page. */
  after: string | null;
}

export const PAGE_SIZE = 30;

const BELONGS = `LEFT JOIN LATERAL (SELECT tenant_id, role FROM memberships WHERE user_id = u.id ORDER BY created_at LIMIT 1) m ON true
  LEFT JOIN tenants t ON t.id = m.tenant_id`;
const HEAD = `u.id, u.username, u.email, u.is_admin AS "isAdmin", (u.suspended_at IS NOT NULL OR t.suspended_at IS NOT NULL) AS suspended,
  m.role, t.id AS "tenantId", t.name AS "tenantName", u.created_at AS "createdAt"`;
const PLAN = `coalesce((SELECT s.type::text FROM subscriptions s
  WHERE s.tenant_id = t.id AND s.active AND (s.ends_at IS NULL OR s.ends_at > now())), 'FREE')`;

// Ids rise with time, so they are the order and the cursor. Counts are looked up for the lines shown only.
const LIST = `SELECT page.*, (SELECT count(*) FROM bots WHERE tenant_id = page."tenantId") AS "botCount",
    coalesce((SELECT ai_answers FROM usage_months WHERE tenant_id = page."tenantId"
      AND month = date_trunc('month', now() AT TIME ZONE 'UTC')::date), 0) AS used
  FROM (SELECT ${HEAD}, ${PLAN} AS plan FROM users u ${BELONGS}
    WHERE ($1 = '' OR u.username ILIKE $1 OR u.email ILIKE $1 OR t.name ILIKE $1)
      AND ($2::text IS NULL OR ${PLAN} = $2)
      AND CASE $3 WHEN 'admin' THEN u.is_admin WHEN 'suspended' THEN u.suspended_at IS NOT NULL OR t.suspended_at IS NOT NULL
        WHEN 'active' THEN u.suspended_at IS NULL AND t.suspended_at IS NULL ELSE true END
      AND ($4::uuid IS NULL OR u.id < $4)
    ORDER BY u.id DESC LIMIT ${PAGE_SIZE + 1}) page ORDER BY page.id DESC`;

const FIND = `SELECT ${HEAD}, u.language, t.time_zone AS "timeZone", u.suspended_at AS "personSuspendedAt",
    t.suspended_at AS "tenantSuspendedAt"
  FROM users u ${BELONGS} WHERE u.id = $1`;

const MEMBERS = `SELECT u.id, u.username, m.role FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.tenant_id = $1 ORDER BY m.created_at`;

/** People of all tenants, for admins. No customer and no message is ever read here. */
export function createPeopleRead({ database: { sql } }: { database: Database }) {
  return {
    /** One page, newest first, and one line more when there is another page. */
    async listAcrossTenants({ q, plan, state, after }: PeopleFilter): Promise<PersonLine[]> {
      const pattern = q === '' ? '' : `%${q.replace(/[\\%_]/g, '\\$&')}%`;
      return (await sql.query<PersonLine & Record<string, unknown>>(LIST, [pattern, plan, state, after])).rows;
    },

    findAcrossTenants: async (userId: string): Promise<Person | null> =>
      (await sql.query<Person & Record<string, unknown>>(FIND, [userId])).rows[0] ?? null,

    members: async (tenantId: string) =>
      (await sql.query<{ id: string; username: string; role: string }>(MEMBERS, [tenantId])).rows,
  };
}

export type PeopleRead = ReturnType<typeof createPeopleRead>;
