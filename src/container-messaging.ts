// Composition, part four: how a customer's message comes in, is answered and goes out.
import { createAiService } from '#ai/ai.service.ts';
import { createGeminiClient } from '#ai/gemini.client.ts';
import { createBotManager } from '#channels/telegram/bot-manager.ts';
import { createAnswerComposer } from '#features/answering/compose-answer.ts';
import { createSentences } from '#features/answering/sentences.ts';
import { createPollingRepo } from '#features/connections/polling.repo.ts';
import { createKnowledgeSearch } from '#features/knowledge/knowledge-search.ts';
import { createAnswerer } from '#features/messaging/answer-message.ts';
import { createGiveUp } from '#features/messaging/give-up.ts';
import { createReceiver } from '#features/messaging/receive-message.ts';
import type { UsageService } from '#features/usage/usage.service.ts';
import { insertReplyJobsSql } from '#jobs/reply-jobs.ts';
import { createWorker } from '#jobs/worker.ts';
import type { Foundation } from './container.ts';
import { jobHandlers } from './job-handlers.ts';

export function composeMessaging(foundation: Foundation, { usage }: { usage: UsageService }) {
  const { env, logger, database, notifications, queue, i18n, channels, secrets } = foundation;
  const notices = {
    needsPerson: async () => {},
    quotaReached: async () => {},
    connectionFailed: async () => {},
  };
  const client = env.GEMINI_API_KEY ? createGeminiClient({ apiKey: env.GEMINI_API_KEY, baseUrl: env.GEMINI_BASE_URL }) : null;
  const ai = createAiService({ client, logger, models: { primary: env.GEMINI_MODEL, fallback: env.GEMINI_FALLBACK_MODEL } });
  const sentence = createSentences({ i18n });
  const search = createKnowledgeSearch({
    loadEntries: async (tenantId, botId) =>
      (
        await database.sql.query<{ id: string; title: string; content: string }>(
          'SELECT id, title, content FROM knowledge_entries WHERE tenant_id = $1 AND bot_id = $2',
          [tenantId, botId],
        )
      ).rows,
  });
  const composer = createAnswerComposer({ search, ai, sentence });
  const { openCredentials } = secrets;
  const answer = createAnswerer({
    database,
    logger,
    channels,
    openCredentials,
    composer,
    aiConfigured: ai.configured,
    usage,
    sentence,
    notices,
  });

  return {
    ai,
    composer,
    notices,
    worker: createWorker({
      queue,
      notifications,
      logger,
      handlers: jobHandlers({ ...foundation, answer, giveUp: createGiveUp({ sql: database.sql, usage }) }),
    }),
    botManager: createBotManager({
      apiRoot: env.TELEGRAM_API_ROOT,
      store: createPollingRepo({ database }),
      receive: createReceiver({ database, insertReplyJobsSql }),
      notifications,
      logger,
      openCredentials,
      onStateChanged: async () => {},
      onlyProcess: database.kind === 'embedded',
    }),
  };
}
