import { newId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import { lockRow } from '#platform/db/row-lock.ts';

export interface SupportGrant {
  createdAt: Date;
  expiresAt: Date;
}

/** One access by support, as the owner sees it. */
export interface SupportLook {
  at: Date;
  who: string | null;
  /** Null: support saw the list. */
  conversationId: string | null;
  botId: string | null;
}

const LOOKS_SHOWN = 20;

const inForce = (tenantId: string, now: Date) => ({ tenantId, endedAt: null, expiresAt: { gt: now } });

export function createSupportGrantsRepo({ database }: { database: Database }) {
  const { prisma } = database;
  return {
    find: (tenantId: string, now: Date): Promise<SupportGrant | null> =>
      prisma.supportGrant.findFirst({ where: inForce(tenantId, now), select: { createdAt: true, expiresAt: true } }),

    /** Replaces the open grant, expired or not, or creates one. The tenant's lock orders concurrent calls. */
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

    async looks(tenantId: string): Promise<SupportLook[]> {
      const lines = await prisma.auditLine.findMany({
        where: { tenantId, action: 'support.viewed' },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: LOOKS_SHOWN,
        select: { createdAt: true, actorId: true, targetId: true },
      });
      const [actorIds, targetIds] = [lines.flatMap((line) => line.actorId ?? []), lines.flatMap((line) => line.targetId ?? [])];
      const [users, conversations] = await Promise.all([
        prisma.user.findMany({ where: { id: { in: actorIds } }, select: { id: true, username: true } }),
        prisma.conversation.findMany({ where: { tenantId, id: { in: targetIds } }, select: { id: true, botId: true } }),
      ]);
      return lines.map(({ createdAt: at, actorId, targetId }) => {
        const conversation = conversations.find(({ id }) => id === targetId);
        const who = users.find(({ id }) => id === actorId)?.username ?? null;
        return { at, who, conversationId: conversation?.id ?? null, botId: conversation?.botId ?? null };
      });
    },
  };
}

export type SupportGrantsRepo = ReturnType<typeof createSupportGrantsRepo>;
