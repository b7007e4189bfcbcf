import { createAiService } from '#ai/ai.service.ts';
import { createGeminiClient } from '#ai/gemini.client.ts';
import { meterAi } from '#ai/metered-ai.ts';
import type { Foundation } from '../foundation.ts';
import { createAnswerComposer } from './compose-answer.ts';
import type { KnowledgeSearch } from './knowledge-search.ts';
import { createSentences } from './sentences.ts';

/** So many customers of one bot may ask as often as they can. */
const CUSTOMERS_AT_THEIR_LIMIT = 60;

/** Answering: how a question becomes an answer, for customers and in the playground. */
export function createAnswering(
  { env, logger, i18n, metrics }: Pick<Foundation, 'env' | 'logger' | 'i18n' | 'metrics'>,
  { search }: { search: KnowledgeSearch },
) {
  const { GEMINI_API_KEY: apiKey, GEMINI_BASE_URL: baseUrl, GEMINI_MODEL: primary, GEMINI_FALLBACK_MODEL: fallback } = env;
  const service = createAiService({
    client: apiKey ? createGeminiClient({ apiKey, baseUrl }) : null,
    models: { primary, fallback },
    logger,
    // S49 (cost through a public bot): a bot answers as many as its customers may ask; no limit on them is none on it.
    limits: { botPerMinute: CUSTOMERS_AT_THEIR_LIMIT * env.CUSTOMER_MESSAGES_PER_MINUTE },
  });
  const ai = meterAi(service, metrics);
  const sentence = createSentences({ i18n });
  return { sentence, composer: createAnswerComposer({ search, ai, sentence }), aiConfigured: ai.configured };
}

export type Answering = ReturnType<typeof createAnswering>;
