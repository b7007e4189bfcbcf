import { DAY_MS } from '#core/durations.ts';
import { PLANS } from '#core/plans.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import { endSessions } from '#web/session.ts';

export interface SessionRow {
  id: string;
  ip: string | null;
  userAgent: string | null;
  lastSeenAt: Date;
}

export interface Profile {
  username: string;
  usernameKey: string;
  language: string;
}

// A business of several years has millions of messages.
const DELETE_TIMEOUT_MS = 120_000;
const USED_ANSWERS_KEPT_MS = 40 * DAY_MS;
const MAX_SHOWN_SESSIONS = 50;

const deleteUser = report<{ userId: string; deleteTimeoutMs: string }, { ownedTenantIds: string[]; statementTimeout: string }>(
  import.meta.url,
  './statements/delete-user.sql',
);
const rememberUsedAnswers = report<{ userId: string; freeLimit: number }>(
  import.meta.url,
  './statements/remember-used-answers.sql',
);
const deleteTenants = report<{ tenantIds: string[] }>(import.meta.url, './statements/delete-tenants.sql');

export function createAccountQueries({ database }: { database: Database }) {
  const { prisma } = database;
  return {
    /** Throws a unique conflict when the name is taken. */
    async updateProfile(id: string, profile: Profile): Promise<void> {
      await prisma.user.updateMany({ where: { id }, data: profile });
    },

    /** Also ends all sessions and reset links. False when the old password changed meanwhile. */
    changePassword: (id: string, oldHash: string, newHash: string): Promise<boolean> =>
      database.transaction(async (tx) => {
        const changed = await tx.user.updateMany({ where: { id, passwordHash: oldHash }, data: { passwordHash: newHash } });
        if (changed.count === 0) return false;
        await endSessions(tx, { userId: id });
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

    endSession: async (userId: string, idHash: string): Promise<boolean> => (await endSessions(prisma, { userId, idHash })) === 1,

    endOtherSessions: (userId: string, keptHash: string): Promise<number> =>
      endSessions(prisma, { userId, idHash: { not: keptHash } }),

    async forgetUsedAnswersAcrossTenants(now: Date): Promise<void> {
      await prisma.usedAnswers.deleteMany({ where: { createdAt: { lt: new Date(now.getTime() - USED_ANSWERS_KEPT_MS) } } });
    },

    /** False for the last admin. Raw SQL, because only node-postgres can exceed the pool's time limit for one statement. */
    deleteEverything: (userId: string): Promise<boolean> =>
      database.inTransaction(async (tx) => {
        await rememberUsedAnswers(tx, { userId, freeLimit: PLANS.FREE.maxMessagesPerMonth });
        const [deleted] = await deleteUser(tx, { userId, deleteTimeoutMs: String(DELETE_TIMEOUT_MS) });
        if (!deleted) return false;
        // node-postgres reads query_timeout per statement; its types lack it.
        const removal = { ...deleteTenants.bind({ tenantIds: deleted.ownedTenantIds }), query_timeout: DELETE_TIMEOUT_MS };
        await tx.query(removal);
        return true;
      }),
  };
}

export type AccountQueries = ReturnType<typeof createAccountQueries>;
