import type { Database } from '#platform/db/database.ts';

export interface Note {
  /** Ids of notes are far below 2^53. */
  id: number;
  /** Null: of the customer, whatever the conversation. */
  conversationId: string | null;
  text: string;
  createdAt: Date;
  authorId: string;
  /** Null once the author's account is gone. */
  author: string | null;
}

export interface NewNote {
  tenantId: string;
  conversationId: string | null;
  customerId: string | null;
  authorId: string;
  text: string;
}

const NOTE = { id: true, conversationId: true, text: true, createdAt: true, authorId: true } as const;
const IN_THREAD = 200;
const ON_CARD = 20;

/** The owner of `notes`. */
export function createNotesQueries({ database: { prisma } }: { database: Database }) {
  async function named(rows: (Omit<Note, 'id' | 'author'> & { id: bigint })[]): Promise<Note[]> {
    const ids = [...new Set(rows.map(({ authorId }) => authorId))];
    const users = ids.length
      ? await prisma.user.findMany({ where: { id: { in: ids } }, select: { id: true, username: true } })
      : [];
    const names = new Map(users.map(({ id, username }) => [id, username]));
    return rows.map((row) => ({ ...row, id: Number(row.id), author: names.get(row.authorId) ?? null }));
  }

  return {
    /** Of one page of the thread, oldest first. Null: that end is open. */
    async inThread(tenantId: string, conversationId: string, { from, before }: { from: Date | null; before: Date | null }) {
      const createdAt = { ...(from && { gte: from }), ...(before && { lt: before }) };
      const where = { tenantId, conversationId, createdAt };
      const rows = await prisma.note.findMany({ where, select: NOTE, orderBy: { createdAt: 'desc' }, take: IN_THREAD });
      return named(rows.reverse());
    },

    /** Of customers, from every conversation, newest first. */
    async ofCustomers(tenantId: string, customerIds: string[]): Promise<Note[]> {
      if (customerIds.length === 0) return [];
      const where = { tenantId, customerId: { in: customerIds } };
      return named(await prisma.note.findMany({ where, select: NOTE, orderBy: { createdAt: 'desc' }, take: ON_CARD }));
    },

    /** When a message of the conversation was stored. */
    async timeOf(tenantId: string, conversationId: string, messageId: number): Promise<Date | null> {
      const where = { tenantId, conversationId, id: BigInt(messageId) };
      return (await prisma.message.findFirst({ where, select: { createdAt: true } }))?.createdAt ?? null;
    },

    add: async (note: NewNote): Promise<void> => void (await prisma.note.create({ data: note })),

    /** Of the conversation or its customer. `authorId` null: of anybody. False: there is no such note. */
    async remove(
      tenantId: string,
      { conversationId, customerId }: { conversationId: string; customerId: string | null },
      of: { id: number; authorId: string | null },
    ): Promise<boolean> {
      const place = [{ conversationId }, ...(customerId ? [{ customerId }] : [])];
      const where = { tenantId, id: BigInt(of.id), OR: place, ...(of.authorId && { authorId: of.authorId }) };
      return (await prisma.note.deleteMany({ where })).count === 1;
    },
  };
}

export type NotesQueries = ReturnType<typeof createNotesQueries>;
