// The playground's routes with a real database, the emulated Gemini and a signed-in user.
import express, { type RequestParamHandler } from 'express';
import request from 'supertest';
import { channelGlobals } from '#channels/channels.ts';
import { createAnswering } from '../../../src/answering/answering.ts';
import { createKnowledgeSearch } from '../../../src/answering/knowledge-search.ts';
import { type KnowledgeText, knowledgeInMemory } from '../../../src/answering/knowledge-source.ts';
import { NotFoundError } from '../../../src/core/errors.ts';
import { playgroundFeature } from '../../../src/features/playground/feature.ts';
import { createUsageService } from '../../../src/pipeline/usage.service.ts';
import { newId } from '../../../src/platform/crypto/ids.ts';
import { createI18n } from '../../../src/platform/i18n/i18n.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { createViews, useViews } from '../../../src/platform/views.ts';
import { errorHandler } from '../../../src/web/error-handler.ts';
import { tenantOf } from '../../../src/web/guards.ts';
import { createLimits } from '../../../src/web/limits.ts';
import { createLocale } from '../../../src/web/locale.ts';
import { viewLocals } from '../../../src/web/view-locals.ts';
import { aBusiness } from '../../support/factories.ts';
import { type GeminiEmulator, startGeminiEmulator } from '../../support/gemini-emulator/gemini-emulator.ts';
import { testDatabase } from '../../support/test-database.ts';

const silent = { warn() {}, error() {}, info() {} } as never;
const views = createViews({ globals: channelGlobals });
const i18n = await createI18n();

export async function playgroundWorld() {
  const opened = await testDatabase();
  const { database } = opened;
  const gemini = await startGeminiEmulator();

  const loadEntries = async (tenantId: string, botId: string): Promise<KnowledgeText[]> => {
    const text = 'SELECT id, title, content FROM knowledge_entries WHERE tenant_id = $1 AND bot_id = $2';
    return (await database.sql.query<KnowledgeText>(text, [tenantId, botId])).rows;
  };
  const loadBot: RequestParamHandler = async (req, res, next, id: string) => {
    const found = await database.sql.query('SELECT id, name FROM bots WHERE tenant_id = $1 AND id = $2', [tenantOf(req).id, id]);
    if (!found.rows[0]) throw new NotFoundError();
    res.locals['bot'] = found.rows[0];
    next();
  };

  return {
    sql: database.sql,
    gemini,
    /** A business with its owner and a bot with one entry. */
    async business(maxMessages = 100) {
      const ids = await aBusiness({ name: 'Oltin Non', maxMessages })
        .withUnconnectedBot({ name: 'Oltin Non', systemPrompt: 'Novvoyxona' })
        .withEntry({ title: 'Narxlar', content: 'Non narxi 5 000 soʻm.' })
        .in(database);
      return { ...ids, userId: newId(), path: `/bots/${ids.botId}/playground` };
    },
    /** The site as this owner sees it. */
    site({ tenantId, userId }: { tenantId: string; userId: string }, { withKey = true, language = 'uz' } = {}) {
      const user = { id: userId, username: 'dilnoza', email: 'd@example.com', language, isAdmin: false };
      const env = {
        GEMINI_API_KEY: withKey ? gemini.apiKey : undefined,
        GEMINI_BASE_URL: gemini.url,
        GEMINI_MODEL: 'gemini-3.5-flash-lite',
        GEMINI_FALLBACK_MODEL: 'gemini-2.5-flash-lite',
        CUSTOMER_MESSAGES_PER_MINUTE: 20,
        USD_UZS: 12_000,
      } as never;
      const usage = createUsageService({ database, customerMessagesPerMinute: 20 });
      const foundation = {
        env,
        logger: silent,
        database,
        notifications: { on: () => {}, notify: async () => {} } as never,
        i18n,
        metrics: createMetrics({ runtime: false }),
        limits: createLimits({ database }),
      };
      const answering = createAnswering(foundation, {
        search: createKnowledgeSearch({ source: knowledgeInMemory(loadEntries) }),
        facts: async () => null,
      });
      const playground = playgroundFeature(foundation, { answering, usage, loadBot });
      const app = express();
      useViews(app, views);
      app.use(express.urlencoded({ extended: false }));
      app.use((req, _res, next) => {
        const tenant = { id: tenantId, name: 'Oltin Non', timeZone: 'Asia/Tashkent' };
        req.user = { user, tenant, role: 'owner', businesses: [tenant] };
        next();
      });
      const locale = createLocale(i18n);
      app.use(locale.visitor, locale.member, viewLocals);
      app.use('/bots', playground.routes);
      app.use(errorHandler(silent));
      return request(app);
    },
    async close(): Promise<void> {
      await gemini.close();
      await opened.close();
    },
  };
}

export type PlaygroundWorld = Awaited<ReturnType<typeof playgroundWorld>>;
export type { GeminiEmulator };
