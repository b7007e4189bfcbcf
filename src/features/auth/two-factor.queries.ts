import type { Database } from '#platform/db/database.ts';
import { lockRow } from '#platform/db/row-lock.ts';
import { endSessions } from '#web/session.ts';

/** Authenticator apps of people. The owner of `two_factors`. */
export function createTwoFactorQueries({ database }: { database: Database }) {
  const { prisma } = database;
  return {
    find: (userId: string) => prisma.twoFactor.findUnique({ where: { userId } }),

    isOn: async (userId: string): Promise<boolean> =>
      (await prisma.twoFactor.count({ where: { userId, confirmedAt: { not: null } } })) === 1,

    /** A new secret that waits for its first code. Nothing happens when the app is confirmed already. */
    async begin(userId: string, sealedSecret: string): Promise<void> {
      await prisma.twoFactor.deleteMany({ where: { userId, confirmedAt: null } });
      await prisma.twoFactor.createMany({ data: [{ userId, sealedSecret }], skipDuplicates: true });
    },

    /** A code works once: of two sign-ins with the same code the second is refused. */
    takeStep: async (userId: string, step: number): Promise<boolean> =>
      (await prisma.twoFactor.updateMany({ where: { userId, lastStep: { lt: step } }, data: { lastStep: step } })).count === 1,

    /** Other sessions end: they have not shown a code. */
    confirm: (userId: string, recoveryHashes: string[], keptSession: string): Promise<void> =>
      database.transaction(async (tx) => {
        await tx.twoFactor.updateMany({ where: { userId }, data: { confirmedAt: new Date(), recoveryHashes } });
        await endSessions(tx, { userId, idHash: { not: keptSession } });
      }),

    async replaceCodes(userId: string, recoveryHashes: string[]): Promise<void> {
      await prisma.twoFactor.updateMany({ where: { userId }, data: { recoveryHashes } });
    },

    takeRecoveryCode: (userId: string, hash: string): Promise<boolean> =>
      database.transaction(async (tx) => {
        await lockRow(tx, 'user', userId);
        const row = await tx.twoFactor.findUnique({ where: { userId } });
        if (!row?.recoveryHashes.includes(hash)) return false;
        const left = row.recoveryHashes.filter((other) => other !== hash);
        await tx.twoFactor.updateMany({ where: { userId }, data: { recoveryHashes: left } });
        return true;
      }),

    /** With the passkeys, which have no recovery codes of their own. */
    remove: (userId: string): Promise<boolean> =>
      database.transaction(async (tx) => {
        await tx.passkey.deleteMany({ where: { userId } });
        return (await tx.twoFactor.deleteMany({ where: { userId } })).count === 1;
      }),
  };
}

export type TwoFactorQueries = ReturnType<typeof createTwoFactorQueries>;
