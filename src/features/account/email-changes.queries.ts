import type { Database } from '#platform/db/database.ts';
import { isUniqueConflict } from '#platform/db/failures.ts';
import { isWhole } from '#platform/db/related.ts';
import { lockRow } from '#platform/db/row-lock.ts';
import { passwordDigest } from '#web/sign-in.ts';

export interface EmailChange {
  tokenHash: string;
  email: string;
  emailKey: string;
  expiresAt: Date;
}

export interface Addressee {
  id: string;
  username: string;
  email: string;
  language: string;
}

export interface Confirmation {
  email: string;
  person: Addressee & { tenantId: string | null };
}

const ADDRESSEE = { id: true, username: true, email: true, language: true } as const;
const PERSON = { ...ADDRESSEE, passwordHash: true, memberships: { select: { tenantId: true }, take: 1 } } as const;

export function createEmailChangesQueries({ database }: { database: Database }) {
  const { prisma } = database;

  async function find(tokenHash: string, now: Date): Promise<Confirmation | null> {
    const where = { tokenHash, expiresAt: { gt: now }, user: { suspendedAt: null } };
    const change = await prisma.emailChange.findUnique({ where, include: { user: { select: PERSON } } });
    if (!isWhole(change, 'user') || change.passwordDigest !== passwordDigest(change.user.passwordHash)) return null;
    const { memberships, passwordHash: _hash, ...person } = change.user;
    return { email: change.email, person: { ...person, tenantId: memberships[0]?.tenantId ?? null } };
  }

  return {
    holderAcrossTenants: (emailKey: string): Promise<Addressee | null> =>
      prisma.user.findUnique({ where: { emailKey }, select: ADDRESSEE }),

    /** Only the newest link of a person works. */
    async replace(userId: string, change: EmailChange): Promise<void> {
      const user = await prisma.user.findUniqueOrThrow({ where: { id: userId }, select: { passwordHash: true } });
      const data = { ...change, passwordDigest: passwordDigest(user.passwordHash), createdAt: new Date() };
      await prisma.emailChange.upsert({ where: { userId }, create: { userId, ...data }, update: data });
    },

    async waiting(userId: string, now: Date): Promise<string | null> {
      const where = { userId, expiresAt: { gt: now } };
      return (await prisma.emailChange.findUnique({ where, select: { email: true } }))?.email ?? null;
    },

    /** Neither an e-mail of an owner nor a channel was proven. */
    unproven: async (tenantId: string): Promise<boolean> =>
      (await prisma.tenant.count({ where: { id: tenantId, provenAt: null } })) === 1,

    findAcrossTenants: find,

    /** Ends the reset links sent to the old address too. False for a used link, and when somebody else has the address by now. */
    redeem: (userId: string, tokenHash: string): Promise<boolean> =>
      database
        .transaction(async (tx) => {
          await lockRow(tx, 'user', userId);
          const change = await tx.emailChange.findUnique({ where: { userId, tokenHash } });
          if (!change) return false;
          const { email, emailKey } = change;
          await tx.emailChange.deleteMany({ where: { userId } });
          await tx.passwordReset.deleteMany({ where: { userId } });
          await tx.user.updateMany({ where: { id: userId }, data: { email, emailKey } });
          const owned = { provenAt: null, memberships: { some: { userId, role: 'owner' as const } } };
          await tx.tenant.updateMany({ where: owned, data: { provenAt: new Date() } });
          return true;
        })
        .catch((error: unknown) => {
          if (isUniqueConflict(error)) return false;
          throw error;
        }),

    async removeExpiredAcrossTenants(now: Date): Promise<void> {
      await prisma.emailChange.deleteMany({ where: { expiresAt: { lt: now } } });
    },
  };
}

export type EmailChangesQueries = ReturnType<typeof createEmailChangesQueries>;
