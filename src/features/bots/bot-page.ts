import type {
  Connection,
  ConnectionItem,
  ConnectionsRepo,
  ConnectionsService,
  ShownValues,
} from '#features/connections/feature.ts';
import type { BotOverviewRead } from './bot-overview.read.ts';
import { healthOf } from './bot-summaries.read.ts';

interface Deps {
  overview: BotOverviewRead;
  connectionsRepo: Pick<ConnectionsRepo, 'listOfBot'>;
  connections: Pick<ConnectionsService, 'platforms'>;
  shownOfBot: ShownValues;
  presentOfBot: (tenantId: string, botId: string, list: readonly Connection[], now: Date) => Promise<ConnectionItem[]>;
}

/** Locals of views/bots/show.njk besides the bot, also for forms that render it again. */
export function createBotPage({ overview, connectionsRepo, connections, shownOfBot, presentOfBot }: Deps) {
  return async (tenantId: string, botId: string) => {
    const now = new Date();
    const list = await connectionsRepo.listOfBot(tenantId, botId);
    const items = await presentOfBot(tenantId, botId, list, now);
    return {
      connections: items,
      shown: await shownOfBot(tenantId, botId),
      health: healthOf(items),
      overview: await overview(tenantId, botId),
      platforms: await connections.platforms(tenantId),
      version: versionOf(list),
    };
  };
}

export type BotPage = ReturnType<typeof createBotPage>;

interface Live {
  id: string;
  state: string;
  failureReason: string | null;
  firstMessageAt: Date | null;
  verifiedAt: Date | null;
}

/** Changes whenever the shown connections change. public/js/connection-wait.js compares it. */
export const versionOf = (connections: readonly Live[]): string =>
  connections
    .map((c) => [c.id, c.state, c.failureReason ?? '', c.verifiedAt ? 'seen' : '', c.firstMessageAt ? 'first' : ''].join(':'))
    .join(' ');
