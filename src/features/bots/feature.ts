import type { ConnectionsApi } from '#features/connections/feature.ts';
import type { Foundation } from '../../foundation.ts';
import { createBotOverview } from './bot-overview.read.ts';
import { createBotPage } from './bot-page.ts';
import { createBotSummaries } from './bot-summaries.read.ts';
import { createBotsQueries } from './bots.queries.ts';
import { botsRoutes } from './bots.routes.ts';
import { createBotsService } from './bots.service.ts';
import { createLoadBot } from './load-bot.ts';

export type { BotSummaries, BotSummary } from './bot-summaries.read.ts';

/** Bots: create, edit, delete. Gives `loadBot` and the bot's page to the features below a bot. */
export function botsFeature(
  { database, audit }: Foundation,
  { connections: { connections, connectionsRepo, calling, present } }: { connections: ConnectionsApi },
) {
  const bots = createBotsService({ bots: createBotsQueries({ database }), connectionsRepo, connections, audit });
  const api = {
    bots,
    loadBot: createLoadBot({ bots }),
    summaries: createBotSummaries({ database, calling }),
    botPage: createBotPage({ overview: createBotOverview({ database }), connectionsRepo, connections, present }),
  };
  return { routes: botsRoutes({ ...api, connections, connectionsRepo }), api };
}
