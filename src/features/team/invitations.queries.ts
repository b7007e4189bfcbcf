import { DAY_MS } from '#core/durations.ts';
import { NotFoundError } from '#core/errors.ts';
import { may, type Role } from '#core/rights.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import { isWhole } from '#platform/db/related.ts';
import { lockRow, type Transaction } from '#platform/db/row-lock.ts';

export interface OpenInvitation {
  id: string;
  email: string | null;
  role: Role;
  expiresAt: Date;
  /** The inviter's name. */
  by: string;
}

/** What an invitation leads to. */
export interface Invitation {
  id: string;
  tenantId: string;
  business: string;
  by: string;
  email: string | null;
  role: Role;
}

export interface NewInvitation {
  tenantId: string;
  invitedBy: string;
  email: string | null;
  emailKey: string | null;
  role: Role;
  tokenHash: string;
  expiresAt: Date;
}

/** Members and open invitations of one business. */
export const MAX_PEOPLE = 50;
/** Expired ones stay in sight this long, to be sent again. */
const KEPT_EXPIRED_MS = 30 * DAY_MS;

const BY = { inviter: { select: { user: { select: { username: true } } } } } as const;

export function createInvitationsQueries({ database }: { database: Database }) {
  const { prisma } = database;

  return {
    async list(tenantId: string): Promise<OpenInvitation[]> {
      const rows = await prisma.invitation.findMany({ where: { tenantId }, orderBy: { createdAt: 'desc' }, include: BY });
      const whole = rows.filter((row) => isWhole(row, 'inviter') && isWhole(row.inviter, 'user'));
      return whole.map(({ id, email, role, expiresAt, inviter }) => ({ id, email, role, expiresAt, by: inviter.user.username }));
    },

    isMember: async (tenantId: string, emailKey: string): Promise<boolean> =>
      (await prisma.membership.count({ where: { tenantId, user: { emailKey } } })) > 0,

    /** An earlier invitation of the same address is replaced: its link stops working. Null when the business is full. */
    put: (invitation: NewInvitation): Promise<string | null> =>
      database.transaction(async (tx) => {
        const { tenantId, emailKey } = invitation;
        await lockInviter(tx, invitation);
        if (emailKey) await tx.invitation.deleteMany({ where: { tenantId, emailKey } });
        const people =
          (await tx.membership.count({ where: { tenantId } })) + (await tx.invitation.count({ where: { tenantId } }));
        if (people >= MAX_PEOPLE) return null;
        const id = newId();
        await tx.invitation.create({ data: { id, ...invitation } });
        return id;
      }),

    /** A new link in place of the old one. Null for an invitation that is gone. */
    renew: (tenantId: string, id: string, link: Pick<NewInvitation, 'tokenHash' | 'expiresAt' | 'invitedBy'>) =>
      database.transaction(async (tx) => {
        await lockInviter(tx, { tenantId, ...link });
        await tx.invitation.updateMany({ where: { tenantId, id }, data: link });
        return tx.invitation.findFirst({ where: { tenantId, id }, select: { email: true, role: true } });
      }),

    withdraw: async (tenantId: string, id: string): Promise<boolean> =>
      (await prisma.invitation.deleteMany({ where: { tenantId, id } })).count === 1,

    async findAcrossTenants(tokenHash: string, now: Date): Promise<Invitation | null> {
      const where = { tokenHash, expiresAt: { gt: now }, tenant: { suspendedAt: null } };
      const include = { ...BY, tenant: { select: { name: true } } };
      const row = await prisma.invitation.findUnique({ where, include });
      if (!isWhole(row, 'tenant', 'inviter') || !isWhole(row.inviter, 'user')) return null;
      const { id, tenantId, email, role, tenant, inviter } = row;
      return { id, tenantId, email, role, business: tenant.name, by: inviter.user.username };
    },

    /** Once. Null when the link was used, replaced or withdrawn meanwhile; `person` gives the user's id, new or known. */
    accept: (
      { tenantId, id, role }: Invitation,
      { tokenHash, now }: { tokenHash: string; now: Date },
      person: (tx: Transaction) => Promise<string>,
    ): Promise<string | null> =>
      database.transaction(async (tx) => {
        await lockRow(tx, 'tenant', tenantId);
        const used = await tx.invitation.deleteMany({ where: { tenantId, id, tokenHash, expiresAt: { gt: now } } });
        if (used.count === 0) return null;
        const userId = await person(tx);
        await tx.membership.createMany({ data: [{ tenantId, userId, role, chosenAt: now }], skipDuplicates: true });
        return userId;
      }),

    async removeOldAcrossTenants(now: Date): Promise<void> {
      await prisma.invitation.deleteMany({ where: { expiresAt: { lt: new Date(now.getTime() - KEPT_EXPIRED_MS) } } });
    },
  };
}

/** Who lost the right while the form was on its way invites nobody. @throws NotFoundError */
async function lockInviter(tx: Transaction, { tenantId, invitedBy: userId }: Pick<NewInvitation, 'tenantId' | 'invitedBy'>) {
  await lockRow(tx, 'tenant', tenantId);
  const inviter = await tx.membership.findUnique({ where: { tenantId_userId: { tenantId, userId } } });
  if (!inviter || !may(inviter.role, 'team')) throw new NotFoundError();
}

export type InvitationsQueries = ReturnType<typeof createInvitationsQueries>;
