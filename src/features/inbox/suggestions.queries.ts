import type { Source } from '#core/message.ts';
import type { Database } from '#platform/db/database.ts';
import { isGone } from '#platform/db/failures.ts';

export interface Suggestion {
  /** '': the knowledge has no answer. */
  text: string;
  mode: string;
  sources: Source[];
}

interface Of {
  tenantId: string;
  botId: string;
  messageId: number;
}

/** What the bot would have answered, once for a customer's message and a state of the knowledge. The owner of `suggestions`. */
export function createSuggestionsQueries({ database: { prisma } }: { database: Database }) {
  const versionOf = async ({ tenantId, botId }: Of): Promise<number> =>
    (await prisma.bot.findFirst({ where: { tenantId, id: botId }, select: { knowledgeVersion: true } }))?.knowledgeVersion ?? -1;

  return {
    versionOf,

    async find(of: Of): Promise<Suggestion | null> {
      const { tenantId, messageId } = of;
      const found = await prisma.suggestion.findFirst({ where: { tenantId, messageId } });
      if (!found || found.knowledgeVersion !== (await versionOf(of))) return null;
      return { text: found.text, mode: found.mode, sources: found.sources as unknown as Source[] };
    },

    /** A message that was erased meanwhile keeps none. */
    async keep({ tenantId, messageId }: Of, { text, mode, sources }: Suggestion, knowledgeVersion: number): Promise<void> {
      const made = { tenantId, text, mode, sources: sources.map(({ id, title }) => ({ id, title })), knowledgeVersion };
      const row = { where: { messageId }, create: { messageId, ...made }, update: made };
      const stored = prisma.suggestion.upsert(row);
      await stored.catch((error: unknown) => {
        if (!isGone(error)) throw error;
      });
    },
  };
}

export type SuggestionsQueries = ReturnType<typeof createSuggestionsQueries>;
