import { createDailyAllowance } from '#ai/daily-allowance.ts';
import { createEmbeddings } from '#ai/embeddings.ts';
import { createGeminiEmbedder } from '#ai/gemini.client.ts';
import { createKnowledgeVectors, type KnowledgeVectors } from '#answering/knowledge-vectors.ts';
import type { SuggestQuestions } from '#answering/suggest-questions.ts';
import type { Database } from '#platform/db/database.ts';
import type { Transaction } from '#platform/db/row-lock.ts';
import type { Queue } from '#platform/jobs/queue.ts';
import type { Logger } from '#platform/logger.ts';
import { foreign } from '#platform/own-time.ts';
import { MAX_TENANT_BYTES } from '../knowledge-room.ts';
import { createEmbedEntries } from './embed-entries.ts';
import { createEntryQuestionsQueries, DEBOUNCE_SECONDS } from './entry-questions.queries.ts';
import { createEntryVectorsQueries } from './entry-vectors.queries.ts';
import { createSpentTally } from './spent-tally.ts';
import { createSuggestForEntries, type Spend } from './suggest-for-entries.ts';

interface Parts {
  database: Database;
  env: {
    GEMINI_API_KEY?: string | undefined;
    GEMINI_BASE_URL: string;
    GEMINI_EMBED_MODEL: string;
    USD_UZS: number;
    AI_DAILY_LIMIT?: number | undefined;
  };
  queue: Pick<Queue, 'enqueue'>;
  logger: Pick<Logger, 'warn'>;
  spend: Spend;
}

/** What the AI adds to entries after they were saved: questions, and vectors for large knowledge. Without a key nothing is queued. */
export function createEnrichment({ database, env, queue, logger, spend }: Parts) {
  const { GEMINI_API_KEY: apiKey, GEMINI_BASE_URL: baseUrl, GEMINI_EMBED_MODEL: model } = env;
  const questions = createEntryQuestionsQueries({ database, usdUzs: env.USD_UZS, maxTenantBytes: MAX_TENANT_BYTES });
  if (apiKey === undefined) return { questions, isOn: false as const };
  const mayCall = createDailyAllowance({ sql: database.sql, limit: env.AI_DAILY_LIMIT, logger });
  const tally = createSpentTally({ spend, logger });
  const embeddings = createEmbeddings({ client: createGeminiEmbedder({ apiKey, baseUrl }), model, mayCall, spent: tally });
  const vectors = createEntryVectorsQueries({ database, kind: embeddings });
  const byMeaning = createKnowledgeVectors({
    source: vectors.source,
    embeddings: {
      ...embeddings,
      ofQuery: async (tenantId, query) => (await foreign(() => embeddings.ofQuery(tenantId, query))).result,
    },
    onError: (err) => logger.warn(err, 'embeddings were not loaded: the search goes by words'),
  });
  const embed = createEmbedEntries({ database, vectors, embeddings, logger });
  const similar: KnowledgeVectors['similar'] = byMeaning.similar;

  return {
    questions,
    isOn: true as const,
    similar,
    async want(tx: Transaction, tenantId: string, botId: string, entryId: string): Promise<void> {
      await questions.want(tx, tenantId, botId, entryId);
      await vectors.want(tx, tenantId, botId, entryId);
    },
    /** The schedule finds the entry a little later when this fails. */
    wake(): void {
      queue
        .enqueue('suggestions', {}, { afterSeconds: DEBOUNCE_SECONDS + 1 })
        .catch((err: Error) => logger.warn(err, 'a saved entry waits for the schedule'));
    },
    jobs({ suggest }: { suggest: SuggestQuestions }) {
      const suggestions = createSuggestForEntries({ database, questions, suggest, spend, logger });
      return {
        async run(now?: Date): Promise<void> {
          await suggestions.run(now);
          await embed.run(now);
        },
        async hourly(now: Date): Promise<void> {
          await suggestions.hourly(now);
          await embed.hourly(now);
        },
      };
    },
  };
}
