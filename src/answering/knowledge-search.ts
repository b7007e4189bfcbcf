import type { GivenKnowledge } from '#core/search/choose-knowledge.ts';
import type { Choice, Hit } from './index-questions.ts';
import { createKnowledgeIndexes, type IndexesDeps, type Whose } from './knowledge-indexes.ts';
import type { KnowledgeText } from './knowledge-source.ts';
import type { KnowledgeVectors } from './knowledge-vectors.ts';

export type KnowledgeQuery = Whose & { query: string; limit?: number };

/** `before`: the customer's previous turn. */
export type ChoiceQuery = Omit<KnowledgeQuery, 'limit'> & { before?: string | undefined };

interface Deps extends IndexesDeps {
  /** Passages by meaning, for knowledge that does not fit a prompt; none by default. */
  similar?: KnowledgeVectors['similar'];
}

const DEFAULT_LIMIT = 3;

/** The only search: for customers, the playground and `npm run eval:search`. */
export function createKnowledgeSearch({ similar = async () => [], ...deps }: Deps) {
  const indexes = createKnowledgeIndexes(deps);

  return {
    /** Best first; empty when nothing fits. */
    search: ({ query, limit = DEFAULT_LIMIT, ...whose }: KnowledgeQuery): Promise<Hit[]> =>
      indexes.ask(whose, 'search', { query, limit }),

    /** Without AI: one entry, a few possible ones, or none. */
    choose: ({ query, before, ...whose }: ChoiceQuery): Promise<Choice> => indexes.ask(whose, 'choose', { query, before }),

    /** In either script. */
    titled: ({ query, ...whose }: Omit<KnowledgeQuery, 'limit'>): Promise<KnowledgeText | undefined> =>
      indexes.ask(whose, 'titled', { query }),

    byId: ({ id, ...whose }: Whose & { id: string }): Promise<KnowledgeText | undefined> => indexes.ask(whose, 'byId', { id }),

    async forPrompt({ query, ...whose }: Omit<KnowledgeQuery, 'limit'>): Promise<GivenKnowledge> {
      const whole = await indexes.ask(whose, 'whole', { query });
      if (whole) return whole;
      const { tenantId, botId, knowledgeVersion } = whose;
      return indexes.ask(whose, 'best', { query, similar: await similar(tenantId, botId, knowledgeVersion, query) });
    },

    /** Ids of entries with all words of the query, also as parts of words. */
    containing: ({ query, ...whose }: KnowledgeQuery): Promise<string[]> => indexes.ask(whose, 'containing', { query }),

    isOfTitles: indexes.isOfTitles,
  };
}

export type KnowledgeSearch = ReturnType<typeof createKnowledgeSearch>;
