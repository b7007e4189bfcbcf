import { newId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import { lockRow } from '#platform/db/row-lock.ts';

export const MAX_PASSKEYS = 10;

export interface StoredPasskey {
  id: string;
  credentialId: string;
  publicKey: Uint8Array<ArrayBuffer>;
  counter: number;
  transports: string[];
}

export interface NewPasskey extends Omit<StoredPasskey, 'id'> {
  name: string;
  /** When its challenge was made. */
  challengeAt: Date;
}

/** Passkeys of people. The owner of `passkeys`. */
export function createPasskeysQueries({ database }: { database: Database }) {
  const { prisma } = database;
  return {
    list: (userId: string) =>
      prisma.passkey.findMany({
        where: { userId },
        select: { id: true, credentialId: true, transports: true, name: true, createdAt: true, lastUsedAt: true },
        orderBy: { createdAt: 'asc' },
      }),

    async find(userId: string, credentialId: string): Promise<StoredPasskey | null> {
      const found = await prisma.passkey.findFirst({ where: { userId, credentialId } });
      return found && { ...found, publicKey: new Uint8Array(found.publicKey), counter: Number(found.counter) };
    },

    /** False when the person has as many as they may, or the key is known. */
    add: (userId: string, { challengeAt, ...key }: NewPasskey): Promise<boolean> =>
      database.transaction(async (tx) => {
        await lockRow(tx, 'user', userId);
        if ((await tx.passkey.count({ where: { userId } })) >= MAX_PASSKEYS) return false;
        const data = [{ id: newId(), userId, lastChallengeAt: challengeAt, ...key }];
        return (await tx.passkey.createMany({ data, skipDuplicates: true })).count === 1;
      }),

    /** A challenge works once: an answer to an earlier one than the last is refused. */
    use: async (id: string, { counter, challengeAt }: { counter: number; challengeAt: Date }): Promise<boolean> => {
      const data = { counter, lastChallengeAt: challengeAt, lastUsedAt: new Date() };
      return (await prisma.passkey.updateMany({ where: { id, lastChallengeAt: { lt: challengeAt } }, data })).count === 1;
    },

    remove: async (userId: string, id: string): Promise<boolean> =>
      (await prisma.passkey.deleteMany({ where: { userId, id } })).count === 1,
  };
}

export type PasskeysQueries = ReturnType<typeof createPasskeysQueries>;
