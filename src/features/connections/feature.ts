import { createVerifyTokens } from '#channels/meta/verify-tokens.ts';
import type { PlanGate } from '#features/billing/feature.ts';
import type { Notices } from '#features/notices/feature.ts';
import type { Foundation } from '../../foundation.ts';
import { type Connection, createConnectionsRepo } from './connections.repo.ts';
import { connectionsRoutes } from './connections.routes.ts';
import { createConnectionsService } from './connections.service.ts';
import { createInstallationGrants } from './installation-grants.ts';
import { createIntroduceAccount } from './introduce-account.ts';
import { createSubscriptionLook } from './look-at-subscriptions.ts';
import { createPollingRepo } from './polling.repo.ts';
import { presentConnection } from './present-connection.ts';
import { createRecheck } from './recheck-connections.ts';
import { createSubscriptionRenewal } from './renew-subscriptions.ts';
import { createTokenRenewal } from './renew-tokens.ts';
import { createReseal } from './reseal-connections.ts';
import { createShownValues } from './shown-values.ts';
import { createSubscribeAccount } from './subscribe-account.ts';
import { createUpkeepRepo } from './upkeep.repo.ts';

export type { Connection, ConnectionsRepo } from './connections.repo.ts';
export type { ConnectionsService } from './connections.service.ts';
export { createInstallationGrants, type InstallationGrants } from './installation-grants.ts';
export { type ConnectionItem, isUnfinished } from './present-connection.ts';
export type { ShownValues } from './shown-values.ts';

// Each calls a platform. A check that connected an account is not counted.
const CHECKS = { points: 60, durationSeconds: 300 };
const STARTS = { points: 120, durationSeconds: 300 };

/** Connections of bots to channels: connect, check, renew, limit by plan. */
export function connectionsFeature(
  { env, database, channels, secrets, sealer, notifications, limits, audit, logger, i18n }: Foundation,
  { notices, gate }: { notices: Notices; gate: PlanGate },
) {
  const connectionsRepo = createConnectionsRepo({ database });
  const upkeep = createUpkeepRepo({ database });
  const introduceAccount = createIntroduceAccount({ channels, i18n, logger });
  const subscribeAccount = createSubscribeAccount({ database, channels });
  const { openCredentials } = secrets;
  const recheck = createRecheck({ upkeep, channels, openCredentials, subscribeAccount, notices, logger });
  const { kinds, subscribable } = recheck;
  const webhooks = { publicUrl: env.PUBLIC_URL, verifyTokenOf: createVerifyTokens(env.ENCRYPTION_KEYS).of, kinds, subscribable };
  const grants = createInstallationGrants({ database, audit });
  const connections = createConnectionsService({
    connections: connectionsRepo,
    channels,
    secrets,
    plans: gate,
    grants,
    recheck,
    subscribeAccount,
    introduceAccount,
    notifications,
    limits: { checks: limits.limiter('token-check', CHECKS), starts: limits.limiter('connection-start', STARTS) },
    audit,
  });
  const renewTokens = createTokenRenewal({ upkeep, channels, secrets, notices, logger });
  const renewSubscriptions = createSubscriptionRenewal({ database, secrets, subscribeAccount, kinds: subscribable });
  const lookAtSubscriptions = createSubscriptionLook({ connections: connectionsRepo, channels, secrets });
  const reseal = createReseal({ database, secrets, sealer, logger });

  return {
    routes: (deps: Pick<Parameters<typeof connectionsRoutes>[0], 'botPage' | 'loadBot' | 'confirmed'>) =>
      connectionsRoutes({ ...deps, connections, connectionsRepo }),
    jobs: {
      async hourly(now: Date): Promise<void> {
        await reseal();
        await renewSubscriptions(now);
      },
      async everyMinute(now: Date): Promise<void> {
        await recheck.due(now);
        await renewTokens(now);
        for (const lost of await upkeep.displacedAcrossTenants()) {
          await notices.connectionFailed({ ...lost, reason: 'claimed_elsewhere' });
        }
      },
    },
    api: {
      connections,
      connectionsRepo,
      grants,
      recheck,
      renewTokens,
      calling: kinds,
      shownOfBot: createShownValues({ connections: connectionsRepo, channels, secrets }),
      /** The connections of a bot as its page shows them. */
      async presentOfBot(tenantId: string, botId: string, list: readonly Connection[], now: Date) {
        const lost = await lookAtSubscriptions(tenantId, botId, list);
        return list.map((connection) => presentConnection(connection, { webhooks, now, lost }));
      },
      pollingStore: createPollingRepo({ database }),
    },
  };
}

export type ConnectionsApi = ReturnType<typeof connectionsFeature>['api'];
