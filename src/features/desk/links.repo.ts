import { newId } from '#platform/crypto/ids.ts';
import type { Database, Prisma } from '#platform/db/database.ts';
import type { Transaction } from '#platform/db/row-lock.ts';
import { report } from '#platform/db/statement.ts';

/** A member in a private chat with a bot. */
export interface Desk {
  id: string;
  tenantId: string;
  userId: string;
  connectionId: string | null;
  mode: 'desk' | 'customer';
  expects: 'answer' | 'knowledge' | 'correction' | null;
  expectsFor: string | null;
  role: 'owner' | 'operator';
  username: string;
  language: string;
  tenantName: string;
  timeZone: string;
}

export interface Chat {
  accountId: string;
  chatId: string;
}

export interface NewCode {
  tenantId: string;
  userId: string;
  codeHash: string;
  sealedCode: string;
  connectionId: string | null;
  accountId: string;
  expiresAt: Date;
}

export interface DeskSettings {
  onlyHandoffs: boolean;
  quietFrom: number | null;
  quietUntil: number | null;
}

export type Linked =
  | { ok: true; tenantId: string; userId: string; role: Desk['role'] }
  | { ok: false; reason: 'used' | 'late' | 'unknown' };

/** What is out of reach comes back by itself, and is sent then. */
const RUNS: Prisma.ConnectionWhereInput = {
  enabled: true,
  OR: [{ state: { in: ['ACTIVE', 'PENDING'] } }, { failureReason: 'unreachable' }],
};

const findDesks = report<Chat, Desk>(import.meta.url, './statements/find-desks.sql');

/** Links of members to chats, and the codes that make them. */
export function createLinksRepo({ database }: { database: Database }) {
  const { prisma, sql } = database;
  const ofMember = (tenantId: string, userId: string) => ({ tenantId_userId: { tenantId, userId } });

  /** Locks the code's row, so that of two chats the second finds it used. */
  async function useCode(tx: Transaction, codeHash: string, accountId: string, now: Date) {
    const code = await tx.deskCode.findUnique({ where: { codeHash }, include: { membership: { include: { tenant: true } } } });
    if (!code || code.accountId !== accountId) return { ok: false, reason: 'unknown' } as const;
    if (code.expiresAt <= now) return { ok: false, reason: code.usedAt ? 'used' : 'late' } as const;
    const { count } = await tx.deskCode.updateMany({ where: { codeHash, usedAt: null }, data: { usedAt: now } });
    return count === 1 ? ({ ok: true, code } as const) : ({ ok: false, reason: 'used' } as const);
  }

  return {
    desksOf: (chat: Chat): Promise<Desk[]> => findDesks(sql, chat),

    chatsAcrossTenants: (): Promise<(Chat & { mode: string })[]> =>
      prisma.deskLink.findMany({ select: { accountId: true, chatId: true, mode: true } }),

    linkOf: (tenantId: string, userId: string) =>
      prisma.deskLink.findUnique({
        where: ofMember(tenantId, userId),
        include: { connection: { select: { state: true, enabled: true, username: true } } },
      }),

    codeOf: (tenantId: string, userId: string) => prisma.deskCode.findUnique({ where: ofMember(tenantId, userId) }),

    async putCode({ tenantId, userId, ...code }: NewCode): Promise<void> {
      const row = { ...code, usedAt: null };
      await prisma.deskCode.upsert({ where: ofMember(tenantId, userId), create: { tenantId, userId, ...row }, update: row });
    },

    /** The member's earlier chat stops being a desk. */
    link: (codeHash: string, { updateId, ...chat }: Chat & { name: string; updateId: number }, now: Date): Promise<Linked> =>
      database.transaction(async (tx) => {
        const used = await useCode(tx, codeHash, chat.accountId, now);
        if (!used.ok) return used;
        const { tenantId, userId, connectionId, membership } = used.code;
        const linkId = newId();
        await tx.deskLink.deleteMany({ where: { tenantId, userId } });
        await tx.deskLink.create({ data: { id: linkId, tenantId, userId, connectionId, ...chat } });
        const content = { key: 'desk.note.linked', params: { business: membership.tenant.name } };
        const dedupeKey = `update:${updateId}`;
        await tx.deskMessage.create({ data: { id: newId(), tenantId, linkId, kind: 'note', dedupeKey, content } });
        await tx.deskUpdate.createMany({ data: [{ accountId: chat.accountId, updateId }], skipDuplicates: true });
        return { ok: true, tenantId, userId, role: membership.role };
      }),

    async unlink(tenantId: string, userId: string): Promise<boolean> {
      await prisma.deskCode.deleteMany({ where: { tenantId, userId } });
      return (await prisma.deskLink.deleteMany({ where: { tenantId, userId } })).count > 0;
    },

    async saveSettings(tenantId: string, userId: string, settings: DeskSettings): Promise<boolean> {
      return (await prisma.deskLink.updateMany({ where: { tenantId, userId }, data: settings })).count > 0;
    },

    async setMode(tenantId: string, linkId: string, mode: Desk['mode']): Promise<void> {
      await prisma.deskLink.updateMany({ where: { tenantId, id: linkId }, data: { mode, expects: null } });
    },

    async expect(tenantId: string, linkId: string, expects: Desk['expects'], expectsFor: string | null, until: Date | null) {
      await prisma.deskLink.updateMany({
        where: { tenantId, id: linkId },
        data: { expects, expectsFor, expectsUntil: until },
      });
    },

    async markBrokenAcrossTenants(linkId: string, brokenAt: Date | null): Promise<void> {
      await prisma.deskLink.updateMany({ where: { id: linkId }, data: { brokenAt } });
    },

    /** Members with a desk that works. In the chat of a bot that was stopped or refused nothing arrives. */
    async usersWithDesk(tenantId: string): Promise<string[]> {
      const failed = await prisma.deskBot.findMany({ where: { state: 'FAILED' }, select: { accountId: true } });
      const links = await prisma.deskLink.findMany({
        where: {
          tenantId,
          brokenAt: null,
          membership: { user: { suspendedAt: null } },
          OR: [{ connectionId: null, accountId: { notIn: failed.map((bot) => bot.accountId) } }, { connection: RUNS }],
        },
      });
      return links.map(({ userId }) => userId);
    },

    /** The business' own Telegram bot that may be a desk: the oldest that works. */
    ownBot: (tenantId: string) =>
      prisma.connection.findFirst({
        where: { tenantId, platform: 'telegram', enabled: true, state: 'ACTIVE', username: { not: null } },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        select: { id: true, accountId: true, username: true, displayName: true },
      }),

    installationBot: (accountId: string) => prisma.deskBot.findUnique({ where: { accountId } }),

    async isDone(accountId: string, updateId: number): Promise<boolean> {
      return (await prisma.deskUpdate.count({ where: { accountId, updateId } })) > 0;
    },

    /** Who writes in the chat has not blocked the bot any more. */
    async markDone({ accountId, chatId }: Chat, updateId: number): Promise<void> {
      await prisma.deskUpdate.createMany({ data: [{ accountId, updateId }], skipDuplicates: true });
      await prisma.deskLink.updateMany({ where: { accountId, chatId, brokenAt: { not: null } }, data: { brokenAt: null } });
    },

    async removeOldAcrossTenants(before: { updates: Date; messages: Date }): Promise<void> {
      await prisma.deskUpdate.deleteMany({ where: { createdAt: { lt: before.updates } } });
      await prisma.deskMessage.deleteMany({ where: { createdAt: { lt: before.messages } } });
      await prisma.deskCode.deleteMany({ where: { expiresAt: { lt: before.updates } } });
    },
  };
}

export type LinksRepo = ReturnType<typeof createLinksRepo>;
