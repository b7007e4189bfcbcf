import { DAY_MS } from '#core/durations.ts';
import type { Database } from '#platform/db/database.ts';
import { isWhole } from '#platform/db/related.ts';
import { lockRow } from '#platform/db/row-lock.ts';
import { endSessions } from '#web/session.ts';

export interface ResetUser {
  id: string;
  passwordHash: string;
  username: string;
  email: string;
  language: string;
  tenantId: string | null;
}

const PERSON = {
  id: true,
  passwordHash: true,
  username: true,
  email: true,
  language: true,
  memberships: { select: { tenantId: true }, take: 1 },
} as const;

type Person = Omit<ResetUser, 'tenantId'> & { memberships: { tenantId: string }[] };
const resetUser = ({ memberships, ...person }: Person): ResetUser => ({ ...person, tenantId: memberships[0]?.tenantId ?? null });

export function createPasswordResetsQueries({ database }: { database: Database }) {
  const { prisma } = database;
  return {
    async findUserAcrossTenants(emailKey: string): Promise<ResetUser | null> {
      const person = await prisma.user.findUnique({ where: { emailKey, suspendedAt: null }, select: PERSON });
      return person && resetUser(person);
    },

    /** Only the newest link works. The lock orders two concurrent requests. */
    replace: (userId: string, tokenHash: string, expiresAt: Date): Promise<void> =>
      database.transaction(async (tx) => {
        await lockRow(tx, 'user', userId);
        await tx.passwordReset.deleteMany({ where: { userId } });
        await tx.passwordReset.create({ data: { tokenHash, userId, expiresAt } });
      }),

    async findByTokenAcrossTenants(tokenHash: string, now: Date): Promise<ResetUser | null> {
      const where = { tokenHash, usedAt: null, expiresAt: { gt: now } };
      const link = await prisma.passwordReset.findUnique({ where, select: { user: { select: PERSON } } });
      return isWhole(link, 'user') ? resetUser(link.user) : null;
    },

    /** False when the link was used or replaced meanwhile. */
    redeem: (userId: string, tokenHash: string, passwordHash: string, now: Date): Promise<boolean> =>
      database.transaction(async (tx) => {
        await lockRow(tx, 'user', userId);
        const where = { userId, tokenHash, usedAt: null, expiresAt: { gt: now } };
        const used = await tx.passwordReset.updateMany({ where, data: { usedAt: now } });
        if (used.count === 0) return false;
        await tx.user.updateMany({ where: { id: userId }, data: { passwordHash } });
        await endSessions(tx, { userId });
        return true;
      }),

    async removeExpiredAcrossTenants(now: Date): Promise<void> {
      await prisma.passwordReset.deleteMany({ where: { expiresAt: { lt: new Date(now.getTime() - DAY_MS) } } });
    },
  };
}

export type PasswordResetsQueries = ReturnType<typeof createPasswordResetsQueries>;
