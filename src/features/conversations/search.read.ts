import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

/** Conversations in the order of the list: id → the newest message that has the words, 0 when the name has them. */
export type Found = Map<string, number>;

const searchConversations = report<
  { tenantId: string; q: string; since: Date | null; most: number },
  { id: string; messageId: number | null }
>(import.meta.url, './statements/search-conversations.sql');

/** Words that stand in nearly every message would otherwise read them all: their newest messages are enough. */
const NEWEST = 5_000;
const MOST_FOUND = 1_000;

/** Searches texts, transcripts and names in any script. Gives at least `enough` conversations when there are as many. */
export const createConversationSearch =
  ({ database: { prisma, sql } }: { database: Database }) =>
  async (tenantId: string, q: string, enough: number): Promise<Found> => {
    const oldest = await prisma.message.findFirst({
      where: { tenantId },
      orderBy: { createdAt: 'desc' },
      skip: NEWEST,
      select: { createdAt: true },
    });
    const look = (since: Date | null) => searchConversations(sql, { tenantId, q, since, most: MOST_FOUND });
    let found = await look(oldest?.createdAt ?? null);
    if (oldest && found.length < enough) found = await look(null);
    return new Map(found.map(({ id, messageId }) => [id, messageId ?? 0]));
  };

export type ConversationSearch = ReturnType<typeof createConversationSearch>;
