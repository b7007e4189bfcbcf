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
  /** The user or their business is suspended. */
  suspended: boolean;
}

/** Users who may sign in. The tenant is not known yet. */
export function createUsersQueries({ database: { prisma } }: { database: Database }) {
  async function find(where: { id: string } | { usernameKey: string } | { emailKey: string }): Promise<Credentials | null> {
    const user = await prisma.user.findUnique({
      where,
      select: {
        id: true,
        passwordHash: true,
        suspendedAt: true,
        memberships: { select: { tenant: { select: { id: true, suspendedAt: true } } }, orderBy: { createdAt: 'asc' }, take: 1 },
      },
    });
    if (!user) return null;
    const tenant = user.memberships[0]?.tenant;
    const suspended = Boolean(user.suspendedAt ?? tenant?.suspendedAt);
    return { id: user.id, passwordHash: user.passwordHash, tenantId: tenant?.id ?? null, suspended };
  }

  return {
    /** Creates a business on the free plan and its owner in one transaction. Throws a unique conflict when a name is taken. */
    async createWithTenant(user: NewUser): Promise<{ userId: string; tenantId: string }> {
      const ids = { tenantId: newId(), userId: newId() };
      const { name: type, maxBots, maxMessagesPerMonth } = PLANS.FREE;
      const subscriptions = { create: { id: newId(), type, maxBots, maxMessagesPerMonth } };
      const tenant = { create: { id: ids.tenantId, name: user.username, subscriptions } };
      await prisma.user.create({
        data: { id: ids.userId, ...user, memberships: { create: { role: 'owner', tenant } } },
        select: { id: true },
      });
      return ids;
    },

    findByLoginAcrossTenants: (key: string): Promise<Credentials | null> =>
      find(key.includes('@') ? { emailKey: key } : { usernameKey: key }),

    findByIdAcrossTenants: (id: string): Promise<Credentials | null> => find({ id }),

    adminsAcrossTenants: (): Promise<{ email: string; language: string }[]> =>
      prisma.user.findMany({ where: { isAdmin: true, suspendedAt: null }, select: { email: true, language: true } }),
  };
}

export type UsersQueries = ReturnType<typeof createUsersQueries>;
