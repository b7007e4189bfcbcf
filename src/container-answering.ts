// Composition: how a question becomes an answer, for customers and in the playground.
import { createAiService } from '#ai/ai.service.ts';
import { createGeminiClient } from '#ai/gemini.client.ts';
import { createAnswerComposer } from '#answering/compose-answer.ts';
import type { KnowledgeSearch } from '#answering/knowledge-search.ts';
import { createSentences } from '#answering/sentences.ts';
import { createPlaygroundRepo } from '#features/playground/playground.repo.ts';
import { createPlaygroundService } from '#features/playground/playground.service.ts';
import type { UsageService } from '#pipeline/usage.service.ts';
import type { Foundation } from './container.ts';
import { meterAi } from './container-metrics.ts';

/** So many customers of one bot may ask as often as they can. */
const CUSTOMERS_AT_THEIR_LIMIT = 60;

export function composeAnswering(
  { env, logger, database, i18n, metrics }: Pick<Foundation, 'env' | 'logger' | 'database' | 'i18n' | 'metrics'>,
  { search, usage }: { search: KnowledgeSearch; usage: UsageService },
) {
  const { GEMINI_API_KEY: apiKey, GEMINI_BASE_URL: baseUrl, GEMINI_MODEL: primary, GEMINI_FALLBACK_MODEL: fallback } = env;
  const service = createAiService({
    client: apiKey ? createGeminiClient({ apiKey, baseUrl }) : null,
    models: { primary, fallback },
    logger,
    // S49: a bot answers as many as its customers may ask; no limit on them is none on it.
    limits: { botPerMinute: CUSTOMERS_AT_THEIR_LIMIT * env.CUSTOMER_MESSAGES_PER_MINUTE },
  });
  const ai = meterAi(service, metrics);
  const sentence = createSentences({ i18n });
  const composer = createAnswerComposer({ search, ai, sentence });
  const playground = createPlaygroundRepo({ database });

  return {
    sentence,
    composer,
    aiConfigured: ai.configured,
    playgrounds: createPlaygroundService({ playground, composer, aiConfigured: ai.configured, usage, now: database.now }),
  };
}
