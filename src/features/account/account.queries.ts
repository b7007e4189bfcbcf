import type { Database } from '#platform/db/database.ts';
import { lockRow } from '#platform/db/row-lock.ts';
import { report } from '#platform/db/statement.ts';

export interface SessionRow {
  id: string;
  ip: string | null;
  userAgent: string | null;
  lastSeenAt: Date;
}

export interface Profile {
  username: string;
  usernameKey: string;
  email: string;
  emailKey: string;
  language: string;
}

// A business of several years has millions of messages.
const DELETE_TIMEOUT_MS = 120_000;
const MAX_SHOWN_SESSIONS = 50;

const deleteUser = report<{ userId: string; deleteTimeoutMs: string }, { ownedTenantIds: string[]; statementTimeout: string }>(
  import.meta.url,
  './statements/delete-user.sql',
);
const deleteTenants = report<{ tenantIds: string[] }>(import.meta.url, './statements/delete-tenants.sql');

/** A user's own account. Every query is bound to the user's id. */
export function createAccountQueries({ database }: { database: Database }) {
  const { prisma } = database;
  return {
    async passwordHash(id: string): Promise<string | null> {
      return (await prisma.user.findUnique({ where: { id }, select: { passwordHash: true } }))?.passwordHash ?? null;
    },

    /** Throws a unique conflict when a name is taken. A new address ends the reset links sent to the old one. */
    updateProfile: (id: string, profile: Profile): Promise<void> =>
      database.transaction(async (tx) => {
        await lockRow(tx, 'user', id);
        await tx.passwordReset.deleteMany({ where: { userId: id, user: { emailKey: { not: profile.emailKey } } } });
        await tx.user.updateMany({ where: { id }, data: profile });
      }),

    /** Sets the password and ends every session and reset link. False when the old password changed meanwhile. */
    changePassword: (id: string, oldHash: string, newHash: string): Promise<boolean> =>
      database.transaction(async (tx) => {
        const changed = await tx.user.updateMany({ where: { id, passwordHash: oldHash }, data: { passwordHash: newHash } });
        if (changed.count === 0) return false;
        await tx.session.deleteMany({ where: { userId: id } });
        await tx.passwordReset.deleteMany({ where: { userId: id } });
        return true;
      }),

    async sessions(userId: string, now: Date): Promise<SessionRow[]> {
      const rows = await prisma.session.findMany({
        where: { userId, expiresAt: { gt: now } },
        orderBy: { lastSeenAt: 'desc' },
        take: MAX_SHOWN_SESSIONS,
        select: { idHash: true, ip: true, userAgent: true, lastSeenAt: true },
      });
      return rows.map(({ idHash, ...row }) => ({ id: idHash, ...row }));
    },

    endSession: async (userId: string, idHash: string): Promise<boolean> =>
      (await prisma.session.deleteMany({ where: { userId, idHash } })).count === 1,

    endOtherSessions: async (userId: string, keptHash: string): Promise<number> =>
      (await prisma.session.deleteMany({ where: { userId, idHash: { not: keptHash } } })).count,

    /**
     * Deletes the user and every business nobody else owns. False for the last admin: nothing is deleted.
     * Not by Prisma: only a statement of our own may take longer than the pool's time limit.
     */
    deleteEverything: (userId: string): Promise<boolean> =>
      database.inTransaction(async (tx) => {
        const [deleted] = await deleteUser(tx, { userId, deleteTimeoutMs: String(DELETE_TIMEOUT_MS) });
        if (!deleted) return false;
        // node-postgres reads query_timeout for one statement; its types do not have it.
        const removal = { ...deleteTenants.bind({ tenantIds: deleted.ownedTenantIds }), query_timeout: DELETE_TIMEOUT_MS };
        await tx.query(removal);
        return true;
      }),
  };
}

export type AccountQueries = ReturnType<typeof createAccountQueries>;
