import type { PlanName } from '#core/plans.ts';
import type { Database } from '#platform/db/database.ts';
import { containing } from '#platform/db/like-pattern.ts';
import { isWhole } from '#platform/db/related.ts';
import { report } from '#platform/db/statement.ts';

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
  after: string | null;
}

export const PAGE_SIZE = 30;

const listPeople = report<Omit<PeopleFilter, 'q'> & { pattern: string; limit: number }, PersonLine>(
  import.meta.url,
  './statements/list-people.sql',
);

/** Users of all tenants, for admins. Reads no customer and no message. */
export function createPeopleRead({ database: { sql, prisma } }: { database: Database }) {
  return {
    /** Newest first, with one more row when there is another page. */
    listAcrossTenants: ({ q, ...filter }: PeopleFilter): Promise<PersonLine[]> =>
      listPeople(sql, { ...filter, pattern: containing(q), limit: PAGE_SIZE + 1 }),

    async findAcrossTenants(userId: string): Promise<Person | null> {
      const user = await prisma.user.findUnique({
        where: { id: userId },
        include: { memberships: { include: { tenant: true }, orderBy: { createdAt: 'asc' }, take: 1 } },
        omit: { passwordHash: true },
      });
      if (!user) return null;
      const { id, username, email, isAdmin, createdAt, language, suspendedAt: personSuspendedAt } = user;
      const [membership] = user.memberships;
      const tenantSuspendedAt = membership?.tenant.suspendedAt ?? null;
      return {
        ...{ id, username, email, isAdmin, createdAt, language, personSuspendedAt, tenantSuspendedAt },
        suspended: personSuspendedAt !== null || tenantSuspendedAt !== null,
        role: membership?.role ?? null,
        tenantId: membership?.tenantId ?? null,
        tenantName: membership?.tenant.name ?? null,
        timeZone: membership?.tenant.timeZone ?? null,
      };
    },

    async members(tenantId: string): Promise<{ id: string; username: string; role: string }[]> {
      const select = { role: true, user: { select: { id: true, username: true } } } as const;
      const rows = await prisma.membership.findMany({ where: { tenantId }, select, orderBy: { createdAt: 'asc' } });
      return rows.filter((row) => isWhole(row, 'user')).map(({ role, user }) => ({ ...user, role }));
    },
  };
}

export type PeopleRead = ReturnType<typeof createPeopleRead>;
