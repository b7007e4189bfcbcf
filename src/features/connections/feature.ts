import type { RequestParamHandler } from 'express';
import type { PlanGate } from '#features/billing/feature.ts';
import type { Notices } from '#features/notices/feature.ts';
import type { Foundation } from '../../foundation.ts';
import { createConnectionsRepo } from './connections.repo.ts';
import { connectionsRoutes } from './connections.routes.ts';
import { createConnectionsService } from './connections.service.ts';
import { createPollingRepo } from './polling.repo.ts';
import { presentConnection } from './present-connection.ts';
import { createRecheck } from './recheck-connections.ts';
import { createTokenRenewal } from './renew-tokens.ts';
import { createReseal } from './reseal-connections.ts';
import { createUpkeepRepo } from './upkeep.repo.ts';

export type { Connection, ConnectionsRepo } from './connections.repo.ts';
export type { ConnectionsService } from './connections.service.ts';
export { type ConnectionItem, isUnfinished } from './present-connection.ts';

/** Connections of bots to channels: connect, check, renew, hold. Gives them to bots and to what receives. */
export function connectionsFeature(
  { env, database, channels, secrets, notifications, audit, logger }: Foundation,
  { notices, gate }: { notices: Notices; gate: PlanGate },
) {
  const connectionsRepo = createConnectionsRepo({ database });
  const upkeep = createUpkeepRepo({ database });
  const recheck = createRecheck({ upkeep, channels, openCredentials: secrets.openCredentials, notices, logger });
  const { kinds, subscribable } = recheck;
  const webhooks = { publicUrl: env.PUBLIC_URL, verifyToken: env.META_VERIFY_TOKEN, kinds, subscribable };
  const connections = createConnectionsService({
    connections: connectionsRepo,
    channels,
    secrets,
    plans: gate,
    recheck,
    notifications,
    audit,
  });
  const renewTokens = createTokenRenewal({ upkeep, channels, secrets, notices, logger });
  const reseal = createReseal({ database, secrets, logger });

  return {
    routes: (deps: { botPage: BotPage; loadBot: RequestParamHandler }) =>
      connectionsRoutes({ ...deps, connections, connectionsRepo }),
    jobs: {
      hourly: reseal,
      async everyMinute(now: Date): Promise<void> {
        await recheck.due(now);
        await renewTokens(now);
      },
    },
    api: {
      connections,
      connectionsRepo,
      recheck,
      renewTokens,
      /** The kinds of channels that call us. */
      calling: kinds,
      present: (connection: Parameters<typeof presentConnection>[0], now: Date) =>
        presentConnection(connection, { webhooks, now }),
      pollingStore: createPollingRepo({ database }),
    },
  };
}

/** The page of a bot, which the forms of its connections come back to. */
type BotPage = Parameters<typeof connectionsRoutes>[0]['botPage'];

export type ConnectionsApi = ReturnType<typeof connectionsFeature>['api'];
