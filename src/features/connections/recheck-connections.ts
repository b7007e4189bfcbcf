import type { ChannelAdapter, Channels, Credentials } from '#channels/channel.ts';
import { HOUR_MS, MINUTE_MS } from '#core/durations.ts';
import type { ChannelKind } from '#core/message.ts';
import type { Notices } from '#features/notices/feature.ts';
import { UnknownKeyError } from '#platform/crypto/seal.ts';
import type { Logger } from '#platform/logger.ts';
import { AccountTakenError } from './prove-account.ts';
import type { SubscribeAccount } from './subscribe-account.ts';
import type { Settled, UpkeepConnection, UpkeepRepo } from './upkeep.repo.ts';

interface Deps {
  upkeep: UpkeepRepo;
  channels: Channels;
  openCredentials: (connection: UpkeepConnection) => Credentials;
  subscribeAccount: SubscribeAccount;
  notices: Pick<Notices, 'connectionFailed'>;
  logger: Logger;
}

const LEAST_RETRY_MS = MINUTE_MS;
const MOST_RETRY_MS = HOUR_MS;

export function createRecheck({ upkeep, channels, openCredentials, subscribeAccount, notices, logger }: Deps) {
  const kinds = Object.values(channels).flatMap((adapter) => (adapter?.webhook ? [adapter.kind] : []));

  async function recheck(connection: UpkeepConnection, now: Date): Promise<Settled | null> {
    if (!hasKey(connection)) return null;
    const settled = await ask(channels[connection.platform] as ChannelAdapter, connection, now);
    const isSettled = await upkeep.settle(connection, settled).catch(refusedWhenTaken);
    if (isSettled && settled.state === 'ACTIVE') await subscribeAccount(connection, openCredentials(connection));
    return isSettled ? settled : null;

    function refusedWhenTaken(error: unknown): Promise<boolean> {
      if (!(error instanceof AccountTakenError)) throw error;
      return upkeep.settle(connection, { state: 'FAILED', reason: 'claimed_elsewhere', retryAt: null });
    }
  }

  /** S77: a key that is missing is the operator's fault, so the owner's connection stays as it is. */
  function hasKey(connection: UpkeepConnection): boolean {
    try {
      return Boolean(openCredentials(connection));
    } catch (error) {
      if (!(error instanceof UnknownKeyError)) return true;
      logger.error({ connectionId: connection.id }, 'the credentials cannot be opened; was ENCRYPTION_KEY changed?');
      return false;
    }
  }

  async function ask(adapter: ChannelAdapter, connection: UpkeepConnection, now: Date): Promise<Settled> {
    const answer = await Promise.resolve()
      .then(() => adapter.check(openCredentials(connection)))
      .catch((err: Error) => {
        logger.error({ err, connection: connection.id }, 'a connection could not be checked');
        return { ok: false, reason: 'rejected' } as const;
      });
    if (answer.ok) return { state: 'ACTIVE', reason: null, retryAt: null, account: answer };
    if (answer.reason === 'unreachable' || answer.reason === 'rate_limited') {
      const waitedMs = now.getTime() - connection.stateChangedAt.getTime();
      const retryMs = answer.retryAfterMs ?? Math.min(Math.max(waitedMs / 2, LEAST_RETRY_MS), MOST_RETRY_MS);
      return { state: 'PENDING', reason: 'unreachable', retryAt: new Date(now.getTime() + retryMs) };
    }
    const known = answer.reason === 'token_revoked' || answer.reason === 'not_registered' ? answer.reason : 'rejected';
    return { state: 'FAILED', reason: known, retryAt: null };
  }

  return {
    kinds: kinds as readonly ChannelKind[],
    subscribable: kinds.filter((kind) => channels[kind]?.subscribe) as readonly ChannelKind[],

    /** Checks connections the owner has just started; the page shows the result. */
    async started(tenantId: string, botId: string, now = new Date()): Promise<void> {
      const connections = await upkeep.startedOf(tenantId, botId, now, kinds);
      await Promise.all(connections.map((connection) => recheck(connection, now)));
    },

    async due(now: Date): Promise<void> {
      for (const connection of await upkeep.pendingAcrossTenants(now, kinds)) {
        const settled = await recheck(connection, now);
        if (settled?.state !== 'FAILED' || !settled.reason) continue;
        const { tenantId, botId, botName } = connection;
        await notices.connectionFailed({ tenantId, botId, botName, reason: settled.reason });
      }
    },
  };
}

export type Recheck = ReturnType<typeof createRecheck>;
