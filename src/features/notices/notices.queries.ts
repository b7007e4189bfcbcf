import { monthDateOf } from '#core/time.ts';
import type { Database } from '#platform/db/database.ts';
import { isWhole } from '#platform/db/related.ts';

export interface Recipient {
  userId: string;
  email: string;
  username: string;
  language: string;
  tenantName: string;
}

export type Admin = Pick<Recipient, 'email' | 'username' | 'language'>;

export function createNoticesQueries({ database }: { database: Database }) {
  const { prisma } = database;
  return {
    async owners(tenantId: string): Promise<Recipient[]> {
      const owners = await prisma.membership.findMany({
        where: { tenantId, role: 'owner', user: { suspendedAt: null } },
        orderBy: { userId: 'asc' },
        select: {
          userId: true,
          user: { select: { email: true, username: true, language: true } },
          tenant: { select: { name: true } },
        },
      });
      return owners
        .filter((row) => isWhole(row, 'user', 'tenant'))
        .map(({ userId, user, tenant }) => ({ userId, ...user, tenantName: tenant.name }));
    },

    adminsAcrossTenants: (): Promise<Admin[]> =>
      prisma.user.findMany({
        where: { isAdmin: true, suspendedAt: null },
        orderBy: { id: 'asc' },
        select: { email: true, username: true, language: true },
      }),

    /** Claims the month's only notice. Null when it was claimed before. */
    async takeLimitNotice(tenantId: string): Promise<Date | null> {
      const now = await database.now();
      const month = monthDateOf(now);
      // A plan without AI answers has no row yet.
      await prisma.usageMonth.createMany({ data: [{ tenantId, month }], skipDuplicates: true });
      const where = { tenantId, month, limitNoticedAt: null };
      const claimed = await prisma.usageMonth.updateMany({ where, data: { limitNoticedAt: now } });
      return claimed.count === 1 ? month : null;
    },

    async returnLimitNotice(tenantId: string, month: Date): Promise<void> {
      await prisma.usageMonth.updateMany({ where: { tenantId, month }, data: { limitNoticedAt: null } });
    },
  };
}

export type NoticesQueries = ReturnType<typeof createNoticesQueries>;
