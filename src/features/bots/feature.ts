import type { BillingApi } from '#features/billing/feature.ts';
import type { ConnectionsApi } from '#features/connections/feature.ts';
import type { KnowledgeApi } from '#features/knowledge/feature.ts';
import type { Foundation } from '../../foundation.ts';
import { createBotOverview } from './bot-overview.read.ts';
import { createBotPage } from './bot-page.ts';
import { createBotSummaries } from './bot-summaries.read.ts';
import { createBotsQueries } from './bots.queries.ts';
import { botsRoutes } from './bots.routes.ts';
import { createBotsService } from './bots.service.ts';
import { createLoadBot } from './load-bot.ts';

export type { BotSummaries, BotSummary } from './bot-summaries.read.ts';
export { systemPrompt } from './bots.schema.ts';

interface Needs {
  billing: BillingApi;
  connections: ConnectionsApi;
  knowledge: Pick<KnowledgeApi, 'entries'>;
}

export function botsFeature(
  { database, audit, saves }: Foundation,
  { billing: { gate }, connections: { connections, connectionsRepo, calling, presentOfBot, shownOfBot }, knowledge }: Needs,
) {
  const bots = createBotsService({
    bots: createBotsQueries({ database, gate }),
    connectionsRepo,
    connections,
    entries: knowledge.entries,
    audit,
    saved: saves.give,
  });
  const api = {
    bots,
    loadBot: createLoadBot({ bots }),
    summaries: createBotSummaries({ database, calling }),
    botPage: createBotPage({ overview: createBotOverview({ database }), connectionsRepo, connections, presentOfBot, shownOfBot }),
  };
  return { routes: botsRoutes({ ...api, connections, connectionsRepo }), api };
}

export type BotsApi = ReturnType<typeof botsFeature>['api'];
