import type { Connection, ConnectionItem, ConnectionsRepo, ConnectionsService } from '#features/connections/feature.ts';
import type { BotOverviewRead } from './bot-overview.read.ts';
import { healthOf } from './bot-summaries.read.ts';

interface Deps {
  overview: BotOverviewRead;
  connectionsRepo: Pick<ConnectionsRepo, 'listOfBot'>;
  connections: Pick<ConnectionsService, 'platforms'>;
  present: (connection: Connection, now: Date) => ConnectionItem;
}

/** What views/bots/show.njk needs besides the bot; the forms that come back to it need the same. */
export function createBotPage({ overview, connectionsRepo, connections, present }: Deps) {
  return async (tenantId: string, botId: string) => {
    const now = new Date();
    const list = await connectionsRepo.listOfBot(tenantId, botId);
    const items = list.map((connection) => present(connection, now));
    return {
      connections: items,
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

/** Differs whenever the page would show something else of the connections: what public/js/connection-wait.js compares. */
export const versionOf = (connections: readonly Live[]): string =>
  connections
    .map((c) => [c.id, c.state, c.failureReason ?? '', c.verifiedAt ? 'seen' : '', c.firstMessageAt ? 'first' : ''].join(':'))
    .join(' ');
