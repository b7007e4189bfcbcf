import type { Role } from '#core/rights.ts';
import type { Database } from '#platform/db/database.ts';
import { isWhole } from '#platform/db/related.ts';
import { lockRow } from '#platform/db/row-lock.ts';

export interface Assignee {
  userId: string;
  username: string;
  role: Role;
}

/** The owner of `assignments`. They end with the membership, by the database. */
export function createAssignmentsQueries({ database }: { database: Database }) {
  const { prisma } = database;
  return {
    /** Who a conversation may be given to. */
    async members(tenantId: string): Promise<Assignee[]> {
      const rows = await prisma.membership.findMany({
        where: { tenantId },
        select: { userId: true, role: true, user: { select: { username: true } } },
        orderBy: { createdAt: 'asc' },
      });
      const whole = rows.filter((row) => isWhole(row, 'user'));
      return whole.map(({ userId, role, user }) => ({ userId, role, username: user.username }));
    },

    /** The user's id by conversation; those that are nobody's are left out. */
    async ofConversations(tenantId: string, conversationIds: string[]): Promise<Map<string, string>> {
      const where = { tenantId, conversationId: { in: conversationIds } };
      const rows = await prisma.assignment.findMany({ where, select: { conversationId: true, userId: true } });
      return new Map(rows.map(({ conversationId, userId }) => [conversationId, userId]));
    },

    /** Nobody's from now on. False: it was so already. */
    free: async (tenantId: string, conversationId: string): Promise<boolean> =>
      (await prisma.assignment.deleteMany({ where: { tenantId, conversationId } })).count > 0,

    /** `gone`: who is no member. The business' row is locked, as for the end of a membership. */
    assign: (tenantId: string, conversationId: string, userId: string): Promise<'done' | 'same' | 'gone'> =>
      database.transaction(async (tx) => {
        await lockRow(tx, 'tenant', tenantId);
        if ((await tx.membership.count({ where: { tenantId, userId } })) === 0) return 'gone';
        if ((await tx.assignment.count({ where: { tenantId, conversationId, userId } })) > 0) return 'same';
        await tx.assignment.deleteMany({ where: { tenantId, conversationId } });
        await tx.assignment.create({ data: { tenantId, conversationId, userId } });
        return 'done';
      }),
  };
}

export type AssignmentsQueries = ReturnType<typeof createAssignmentsQueries>;
