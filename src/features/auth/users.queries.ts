import { PLANS } from '#core/plans.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import { isWhole } from '#platform/db/related.ts';
import { lockRow, type Transaction } from '#platform/db/row-lock.ts';
import { report } from '#platform/db/statement.ts';

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
  username: string;
  tenantId: string | null;
  suspended: boolean;
}

const carryUsedAnswers = report<{ tenantId: string; emailKey: string }, { answers: number | null }>(
  import.meta.url,
  './statements/carry-used-answers.sql',
);

function newTenant(id: string, name: string) {
  const { name: type, maxBots, maxMessagesPerMonth } = PLANS.FREE;
  const subscriptions = { create: { id: newId(), type, maxBots, maxMessagesPerMonth } };
  return { create: { id, name, provenAt: null, subscriptions } };
}

export function createUsersQueries({ database }: { database: Database }) {
  const { prisma, sql } = database;
  async function find(
    where: { usernameKey: string } | { emailKey: string; createdAt?: { gt: Date } },
  ): Promise<Credentials | null> {
    const user = await prisma.user.findFirst({
      where,
      select: {
        id: true,
        username: true,
        passwordHash: true,
        suspendedAt: true,
        memberships: { select: { tenant: { select: { id: true, suspendedAt: true } } }, orderBy: { createdAt: 'asc' } },
      },
    });
    if (!user) return null;
    const tenants = user.memberships.filter((row) => isWhole(row, 'tenant')).map(({ tenant }) => tenant);
    const open = tenants.find(({ suspendedAt }) => suspendedAt === null);
    const suspended = user.suspendedAt !== null || (tenants.length > 0 && !open);
    return {
      id: user.id,
      username: user.username,
      passwordHash: user.passwordHash,
      tenantId: (open ?? tenants[0])?.id ?? null,
      suspended,
    };
  }

  return {
    /** Throws a unique conflict when a name is taken. */
    async createWithTenant(user: NewUser, business = user.username): Promise<{ userId: string; tenantId: string }> {
      const ids = { tenantId: newId(), userId: newId() };
      const tenant = newTenant(ids.tenantId, business);
      await prisma.user.create({
        data: { id: ids.userId, ...user, memberships: { create: { role: 'owner', tenant } } },
        select: { id: true },
      });
      await carryUsedAnswers(sql, { tenantId: ids.tenantId, emailKey: user.emailKey });
      return ids;
    },

    /** Without a business: the caller makes the membership. Throws a unique conflict when a name is taken. */
    async add(tx: Transaction, user: NewUser): Promise<string> {
      return (await tx.user.create({ data: { id: newId(), ...user }, select: { id: true } })).id;
    },

    /** Of somebody whose last business let them go: one of their own. False when they have one. */
    ensureBusiness: (id: string): Promise<boolean> =>
      database.transaction(async (tx) => {
        await lockRow(tx, 'user', id);
        const user = await tx.user.findUnique({ where: { id }, include: { memberships: { take: 1 } } });
        if (!user || user.memberships.length > 0) return false;
        const memberships = { create: { role: 'owner' as const, tenant: newTenant(newId(), user.username) } };
        await tx.user.update({ where: { id }, data: { memberships } });
        return true;
      }),

    findNewAcrossTenants: (emailKey: string, since: Date): Promise<Credentials | null> =>
      find({ emailKey, createdAt: { gt: since } }),

    findByLoginAcrossTenants: (key: string): Promise<Credentials | null> =>
      find(key.includes('@') ? { emailKey: key } : { usernameKey: key }),

    async passwordHash(id: string): Promise<string | null> {
      return (await prisma.user.findUnique({ where: { id }, select: { passwordHash: true } }))?.passwordHash ?? null;
    },

    adminsAcrossTenants: (): Promise<{ email: string; language: string }[]> =>
      prisma.user.findMany({ where: { isAdmin: true, suspendedAt: null }, select: { email: true, language: true } }),
  };
}

export type UsersQueries = ReturnType<typeof createUsersQueries>;
