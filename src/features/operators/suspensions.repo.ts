import type { Database } from '#platform/db/database.ts';
import { lockRow, type Transaction } from '#platform/db/row-lock.ts';
import { endSessions } from '#web/session.ts';

/** The user's own businesses, and all their members with the user. Locks the users in the order of their ids. */
async function lockConcerned(tx: Transaction, userId: string) {
  const owned = await tx.membership.findMany({ where: { userId, role: 'owner' }, select: { tenantId: true } });
  const tenantIds = owned.map(({ tenantId }) => tenantId);
  const members = await tx.membership.findMany({ where: { tenantId: { in: tenantIds } }, select: { userId: true } });
  const userIds = [...new Set([userId, ...members.map((member) => member.userId)])].sort();
  for (const id of userIds) await lockRow(tx, 'user', id);
  return { tenantIds, userIds };
}

/** Suspends and restores a user with the businesses they own. Nothing is deleted. */
export function createSuspensionsRepo({ database }: { database: Database }) {
  return {
    /** Ends the sessions of everyone concerned. False when one of them is an admin. */
    async suspendAcrossTenants(userId: string): Promise<boolean> {
      const suspendedAt = await database.now();
      return database.transaction(async (tx) => {
        const { tenantIds, userIds } = await lockConcerned(tx, userId);
        if (await tx.user.findFirst({ where: { id: { in: userIds }, isAdmin: true }, select: { id: true } })) return false;
        await tx.tenant.updateMany({ where: { id: { in: tenantIds }, suspendedAt: null }, data: { suspendedAt } });
        await endSessions(tx, { userId: { in: userIds } });
        await tx.user.updateMany({ where: { id: userId, suspendedAt: null }, data: { suspendedAt } });
        return (await tx.user.count({ where: { id: userId } })) === 1;
      });
    },

    restoreAcrossTenants: (userId: string): Promise<boolean> =>
      database.transaction(async (tx) => {
        const { tenantIds } = await lockConcerned(tx, userId);
        await tx.tenant.updateMany({ where: { id: { in: tenantIds } }, data: { suspendedAt: null } });
        return (await tx.user.updateMany({ where: { id: userId }, data: { suspendedAt: null } })).count === 1;
      }),
  };
}

export type SuspensionsRepo = ReturnType<typeof createSuspensionsRepo>;
