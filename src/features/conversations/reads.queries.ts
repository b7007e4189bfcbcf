import type { Database } from '#platform/db/database.ts';
import { isGone } from '#platform/db/failures.ts';

/** How far members have read. The owner of `conversation_reads`. */
export const createReadsQueries =
  ({ database: { prisma } }: { database: Database }) =>
  /** An older message changes nothing. A conversation or a member that is gone meanwhile is left alone. */
  async (member: { tenantId: string; userId: string }, conversationId: string, messageId: number): Promise<void> => {
    const key = { ...member, conversationId };
    try {
      await prisma.conversationRead.createMany({ data: [{ ...key, messageId }], skipDuplicates: true });
      await prisma.conversationRead.updateMany({ where: { ...key, messageId: { lt: messageId } }, data: { messageId } });
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  };

export type MarkRead = ReturnType<typeof createReadsQueries>;
