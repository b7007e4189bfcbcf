import { createHash } from 'node:crypto';
import { createAiService } from '#ai/ai.service.ts';
import { createAiProblems } from '#ai/ai-problems.ts';
import { createDailyAllowance } from '#ai/daily-allowance.ts';
import { createGeminiClient } from '#ai/gemini.client.ts';
import { meterAi } from '#ai/metered-ai.ts';
import type { Foundation } from '../foundation.ts';
import type { FactsOf } from './answer.ts';
import { createCompareQuestions } from './compare-questions.ts';
import { createAnswerComposer } from './compose-answer.ts';
import { createJudge } from './judge-answer.ts';
import type { KnowledgeSearch } from './knowledge-search.ts';
import { createOffers } from './offers.ts';
import { createReadPicture } from './read-picture.ts';
import { createSentences } from './sentences.ts';
import { createSuggestQuestions } from './suggest-questions.ts';

/** This many customers of one bot may ask at their limit. */
const CUSTOMERS_AT_THEIR_LIMIT = 60;

export function createAnswering(
  foundation: Pick<Foundation, 'env' | 'database' | 'logger' | 'i18n' | 'metrics' | 'notifications'>,
  { search, facts }: { search: KnowledgeSearch; facts: FactsOf },
) {
  const { env, database, logger, i18n, metrics } = foundation;
  const { GEMINI_API_KEY: apiKey, GEMINI_BASE_URL: baseUrl, GEMINI_MODEL: primary, GEMINI_FALLBACK_MODEL: fallback } = env;
  const mayCall = createDailyAllowance({ sql: database.sql, limit: env.AI_DAILY_LIMIT, logger });
  const problems = sharedProblems(foundation);
  const service = createAiService({
    mayCall,
    problems,
    client: apiKey ? createGeminiClient({ apiKey, baseUrl }) : null,
    models: { primary, fallback },
    logger,
    // S49 (cost through a public bot): the bot's limit follows from its customers' limit; 0 disables both.
    limits: { botPerMinute: CUSTOMERS_AT_THEIR_LIMIT * env.CUSTOMER_MESSAGES_PER_MINUTE },
  });
  // Of its own, so that its failures and waits are not those of customers' answers. The cheaper model first.
  const background = createAiService({
    mayCall,
    problems,
    client: apiKey ? createGeminiClient({ apiKey, baseUrl }) : null,
    models: { primary: fallback, fallback: primary },
    logger,
    limits: { concurrency: 1 },
  });
  // Golden questions, of the whole installation two at once.
  const golden = createAiService({
    mayCall,
    client: apiKey ? createGeminiClient({ apiKey, baseUrl }) : null,
    models: { primary: fallback, fallback: primary },
    logger,
    limits: { concurrency: 2 },
  });
  const ai = meterAi(service, metrics);
  const sentence = createSentences({ i18n });
  const composer = createAnswerComposer({ search, ai, sentence, facts });
  return {
    sentence,
    offers: createOffers({ sentence }),
    composer,
    entries: composer,
    aiConfigured: ai.configured,
    golden: { composer: createAnswerComposer({ search, ai: golden, sentence, facts }), judge: createJudge({ ai: golden }) },
    suggestQuestions: createSuggestQuestions({ ai: background }),
    readPicture: createReadPicture({ ai: background }),
    compareQuestions: createCompareQuestions({ ai: background }),
  };
}

/** Of this key at this address. */
function sharedProblems({
  env,
  database,
  logger,
  notifications,
}: Pick<Foundation, 'env' | 'database' | 'logger' | 'notifications'>) {
  const ofKey = createHash('sha256')
    .update(`${env.GEMINI_BASE_URL}\n${env.GEMINI_API_KEY ?? ''}`)
    .digest('base64url')
    .slice(0, 16);
  const problems = createAiProblems({ sql: database.sql, ofKey, changed: () => notifications.notify('ai'), logger });
  notifications.on('ai', problems.reload);
  return problems;
}

export type Answering = ReturnType<typeof createAnswering>;
