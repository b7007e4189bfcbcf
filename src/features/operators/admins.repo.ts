import type { Database, Prisma } from '#platform/db/database.ts';
import { lockAdminsAcrossTenants } from '#platform/db/row-lock.ts';

export interface AdminRow {
  id: string;
  username: string;
  email: string;
  suspended: boolean;
}

const ADMIN = { id: true, username: true, email: true, suspendedAt: true } as const;
const rowOf = ({ suspendedAt, ...user }: Omit<AdminRow, 'suspended'> & { suspendedAt: Date | null }): AdminRow => ({
  ...user,
  suspended: suspendedAt !== null,
});
const named = (key: string): Prisma.UserWhereInput => ({ OR: [{ usernameKey: key }, { emailKey: key }] });

/** Names are keys (core/account-rules keyOf). */
export function createAdminsRepo({ prisma, transaction }: Pick<Database, 'prisma' | 'transaction'>) {
  async function grant(where: Prisma.UserWhereInput): Promise<AdminRow | null> {
    const [granted] = await prisma.user.updateManyAndReturn({ where, data: { isAdmin: true }, select: ADMIN });
    return granted ? rowOf(granted) : null;
  }

  // S06 (last admin removed by racing): all admins are locked first, so the second of two concurrent revocations is refused.
  const revoke = (where: Prisma.UserWhereInput): Promise<AdminRow | 'last' | 'missing'> =>
    transaction(async (tx) => {
      const adminIds = await lockAdminsAcrossTenants(tx);
      const admin = await tx.user.findFirst({ where: { ...where, isAdmin: true }, select: ADMIN });
      if (!admin) return 'missing';
      if (!adminIds.some((id) => id !== admin.id)) return 'last';
      await tx.user.updateMany({ where: { id: admin.id }, data: { isAdmin: false } });
      return rowOf(admin);
    });

  return {
    async listAcrossTenants(): Promise<AdminRow[]> {
      const rows = await prisma.user.findMany({ where: { isAdmin: true }, select: ADMIN, orderBy: { usernameKey: 'asc' } });
      return rows.map(rowOf);
    },

    grantAcrossTenants: (key: string): Promise<AdminRow | null> => grant(named(key)),
    /** Null also for a suspended user. */
    grantByIdAcrossTenants: (id: string): Promise<AdminRow | null> => grant({ id, suspendedAt: null }),

    /** `last`: refused for the only admin. `missing`: no admin has the name. */
    revokeAcrossTenants: (key: string): Promise<AdminRow | 'last' | 'missing'> => revoke(named(key)),
    revokeByIdAcrossTenants: (id: string): Promise<AdminRow | 'last' | 'missing'> => revoke({ id }),
  };
}

export type AdminsRepo = ReturnType<typeof createAdminsRepo>;
