import type { PlanName } from '#core/plans.ts';
import type { Database } from '#platform/db/database.ts';
import { containing } from '#platform/db/like-pattern.ts';
import { report } from '#platform/db/statement.ts';

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

const listPeople = report<Omit<PeopleFilter, 'q'> & { pattern: string; limit: number }, PersonLine>(
  import.meta.url,
  './statements/list-people.sql',
);

/** Users of all tenants, for admins. Never reads a customer or a message. */
export function createPeopleRead({ database: { sql, prisma } }: { database: Database }) {
  return {
    /** One page, newest first, and one line more when there is another page. */
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
      return rows.map(({ role, user }) => ({ ...user, role }));
    },
  };
}

export type PeopleRead = ReturnType<typeof createPeopleRead>;
