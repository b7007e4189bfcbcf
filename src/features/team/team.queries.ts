import type { Role } from '#core/rights.ts';
import type { Database } from '#platform/db/database.ts';
import { isWhole } from '#platform/db/related.ts';
import { lockRow, type Transaction } from '#platform/db/row-lock.ts';
import { endSessionsIn } from '#web/session.ts';

export interface TeamMember {
  userId: string;
  role: Role;
  since: Date;
  username: string;
  email: string;
  hasDesk: boolean;
}

/** changed, or why not: gone (not a member), last_owner (somebody must stay). */
export type TeamChange = 'changed' | 'gone' | 'last_owner';

/** Who works in a business. The owner of `memberships`. */
export function createTeamQueries({ database }: { database: Database }) {
  const { prisma } = database;
  const key = (tenantId: string, userId: string) => ({ tenantId_userId: { tenantId, userId } });

  /** The business' row is locked, so that of two owners who leave at once the second stays. */
  const changed = (
    tenantId: string,
    userId: string,
    change: { losesOwner: boolean; write: (tx: Transaction) => Promise<unknown> },
  ): Promise<TeamChange> =>
    database.transaction(async (tx) => {
      await lockRow(tx, 'tenant', tenantId);
      const member = await tx.membership.findUnique({ where: key(tenantId, userId) });
      if (!member) return 'gone';
      const others = { tenantId, role: 'owner' as const, userId: { not: userId } };
      const isLast = member.role === 'owner' && (await tx.membership.count({ where: others })) === 0;
      if (isLast && change.losesOwner) return 'last_owner';
      await change.write(tx);
      return 'changed';
    });

  return {
    async members(tenantId: string): Promise<TeamMember[]> {
      const rows = await prisma.membership.findMany({
        where: { tenantId },
        orderBy: [{ role: 'asc' }, { createdAt: 'asc' }],
        include: { user: { select: { username: true, email: true } }, _count: { select: { deskLinks: true } } },
      });
      return rows
        .filter((row) => isWhole(row, 'user'))
        .map(({ userId, role, createdAt, user, _count }) => ({
          ...{ userId, role, since: createdAt, hasDesk: _count.deskLinks > 0 },
          ...user,
        }));
    },

    isMember: async (tenantId: string, userId: string): Promise<boolean> =>
      (await prisma.membership.count({ where: { tenantId, userId } })) === 1,

    rename: async (tenantId: string, name: string): Promise<void> =>
      void (await prisma.tenant.updateMany({ where: { id: tenantId }, data: { name } })),

    /** A person who is no owner any more has no open invitations either. */
    setRole: (tenantId: string, userId: string, role: Role): Promise<TeamChange> =>
      changed(tenantId, userId, {
        losesOwner: role !== 'owner',
        async write(tx) {
          await tx.membership.update({ where: key(tenantId, userId), data: { role } });
          if (role !== 'owner') await tx.invitation.deleteMany({ where: { tenantId, invitedBy: userId } });
        },
      }),

    /** The person's desk, its codes and their invitations go with the membership; their sessions in the business end. */
    remove: (tenantId: string, userId: string): Promise<TeamChange> =>
      changed(tenantId, userId, {
        losesOwner: true,
        async write(tx) {
          await tx.membership.delete({ where: key(tenantId, userId) });
          await endSessionsIn(tx, { tenantId, userId });
        },
      }),

    /** False when the person does not belong to the business. */
    async choose(tenantId: string, userId: string, chosenAt: Date): Promise<boolean> {
      const where = { tenantId, userId, tenant: { suspendedAt: null } };
      return (await prisma.membership.updateMany({ where, data: { chosenAt } })).count === 1;
    },
  };
}

export type TeamQueries = ReturnType<typeof createTeamQueries>;
