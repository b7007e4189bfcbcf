import { newId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import { lockRow } from '#platform/db/row-lock.ts';
import { report } from '#platform/db/statement.ts';

export interface SupportGrant {
  createdAt: Date;
  expiresAt: Date;
}

/** A look that support took, as the owner is told of it. */
export interface SupportLook {
  at: Date;
  who: string | null;
  /** Null: the list. */
  conversationId: string | null;
  botId: string | null;
}

const LOOKS_SHOWN = 20;

const supportLooks = report<{ tenantId: string; limit: number }, SupportLook>(import.meta.url, './statements/support-looks.sql');
const inForce = (tenantId: string, now: Date) => ({ tenantId, endedAt: null, expiresAt: { gt: now } });

/** Whether the installation's admins may read a business' conversations. */
export function createSupportGrantsRepo({ database }: { database: Database }) {
  const { prisma, sql } = database;
  return {
    find: (tenantId: string, now: Date): Promise<SupportGrant | null> =>
      prisma.supportGrant.findFirst({ where: inForce(tenantId, now), select: { createdAt: true, expiresAt: true } }),

    /** Replaces the open grant, in force or run out, or makes one. The tenant's lock keeps two at once from making two. */
    async grant(tenantId: string, userId: string, now: Date, expiresAt: Date): Promise<void> {
      const grant = { grantedBy: userId, createdAt: now, expiresAt };
      await database.transaction(async (tx) => {
        await lockRow(tx, 'tenant', tenantId);
        const { count } = await tx.supportGrant.updateMany({ where: { tenantId, endedAt: null }, data: grant });
        if (count === 0) await tx.supportGrant.create({ data: { id: newId(), tenantId, ...grant } });
      });
    },

    end: async (tenantId: string, now: Date): Promise<boolean> =>
      (await prisma.supportGrant.updateMany({ where: inForce(tenantId, now), data: { endedAt: now } })).count > 0,

    looks: (tenantId: string): Promise<SupportLook[]> => supportLooks(sql, { tenantId, limit: LOOKS_SHOWN }),
  };
}

export type SupportGrantsRepo = ReturnType<typeof createSupportGrantsRepo>;
