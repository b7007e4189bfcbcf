import { keyOf } from '#core/account-rules.ts';
import type { SavedTexts } from '#core/saved-reply.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import { lockRow, type Transaction } from '#platform/db/row-lock.ts';
import type { ListChange } from './named-list.ts';

export interface SavedReply {
  id: string;
  name: string;
  texts: SavedTexts;
}

type Fields = Omit<SavedReply, 'id'>;
const REPLY = { id: true, name: true, texts: true } as const;
const MAX_SAVED_REPLIES = 200;

/** The owner of `saved_replies`. */
export function createSavedRepliesQueries({ database }: { database: Database }) {
  const { prisma } = database;

  /** The business' row is locked, so that two who save at once make one reply of a name. */
  const saving = (tenantId: string, id: string, name: string, write: (tx: Transaction) => Promise<ListChange>) =>
    database.transaction(async (tx): Promise<ListChange> => {
      await lockRow(tx, 'tenant', tenantId);
      const same = { tenantId, nameKey: keyOf(name), id: { not: id } };
      return (await tx.savedReply.count({ where: same })) > 0 ? 'known' : write(tx);
    });

  return {
    most: MAX_SAVED_REPLIES,

    /** By name. */
    list: async (tenantId: string): Promise<SavedReply[]> =>
      (await prisma.savedReply.findMany({ where: { tenantId }, select: REPLY, orderBy: { nameKey: 'asc' } })) as SavedReply[],

    find: async (tenantId: string, id: string): Promise<SavedReply | null> =>
      (await prisma.savedReply.findFirst({ where: { tenantId, id }, select: REPLY })) as SavedReply | null,

    create: (tenantId: string, { name, texts }: Fields): Promise<ListChange> => {
      const id = newId();
      return saving(tenantId, id, name, async (tx) => {
        if ((await tx.savedReply.count({ where: { tenantId } })) >= MAX_SAVED_REPLIES) return 'full';
        await tx.savedReply.create({ data: { id, tenantId, name, nameKey: keyOf(name), texts } });
        return 'done';
      });
    },

    change: (tenantId: string, id: string, { name, texts }: Fields): Promise<ListChange> =>
      saving(tenantId, id, name, async (tx) => {
        const data = { name, nameKey: keyOf(name), texts };
        return (await tx.savedReply.updateMany({ where: { tenantId, id }, data })).count === 1 ? 'done' : 'gone';
      }),

    remove: async (tenantId: string, id: string): Promise<boolean> =>
      (await prisma.savedReply.deleteMany({ where: { tenantId, id } })).count === 1,

    /** Of the conversation's customer. Null in a group, and where the platform gives none. */
    async firstNameOf(tenantId: string, conversationId: string): Promise<string | null> {
      const where = { tenantId, id: conversationId, isGroup: false };
      const conversation = await prisma.conversation.findFirst({ where, select: { customerId: true } });
      if (!conversation?.customerId) return null;
      const who = { tenantId, id: conversation.customerId };
      return (await prisma.customer.findFirst({ where: who, select: { firstName: true } }))?.firstName?.trim() || null;
    },
  };
}

export type SavedRepliesQueries = ReturnType<typeof createSavedRepliesQueries>;
