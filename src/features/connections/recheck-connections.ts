import type { ChannelAdapter, Channels, Credentials } from '#channels/channel.ts';
import type { ChannelKind } from '#core/message.ts';
import type { Notices } from '#features/notices/feature.ts';
import type { Logger } from '#platform/logger.ts';
import type { Settled, UpkeepConnection, UpkeepRepo } from './upkeep.repo.ts';

interface Deps {
  upkeep: UpkeepRepo;
  channels: Channels;
  openCredentials: (connection: UpkeepConnection) => Credentials;
  notices: Pick<Notices, 'connectionFailed'>;
  logger: Logger;
}

const LEAST_RETRY_MS = 60_000;
const MOST_RETRY_MS = 3_600_000;

/** Asks the platforms that call us whether the credentials of waiting connections are good: then they work. */
export function createRecheck({ upkeep, channels, openCredentials, notices, logger }: Deps) {
  const kinds = Object.values(channels).flatMap((adapter) => (adapter?.webhook ? [adapter.kind] : []));

  async function recheck(connection: UpkeepConnection, now: Date): Promise<Settled | null> {
    const settled = await ask(channels[connection.platform] as ChannelAdapter, connection, now);
    return (await upkeep.settle(connection, settled).catch(refusedWhenTaken)) ? settled : null;

    /** The account's true id, known only now, is somebody else's connection. */
    function refusedWhenTaken(error: { code?: string }): Promise<boolean> {
      if (error.code !== UNIQUE_VIOLATION) throw error;
      return upkeep.settle(connection, { state: 'FAILED', reason: 'rejected', retryAt: null });
    }
  }

  async function ask(adapter: ChannelAdapter, connection: UpkeepConnection, now: Date): Promise<Settled> {
    const answer = await Promise.resolve()
      .then(() => adapter.check(openCredentials(connection)))
      .catch((err: Error) => {
        logger.error({ err, connection: connection.id }, 'a connection could not be checked');
        return { ok: false, reason: 'rejected' } as const;
      });
    if (answer.ok) void adapter.subscribe?.(openCredentials(connection));
    if (answer.ok) return { state: 'ACTIVE', reason: null, retryAt: null, account: answer };
    if (answer.reason === 'unreachable' || answer.reason === 'rate_limited') {
      const waitedMs = now.getTime() - connection.stateChangedAt.getTime();
      const retryMs = answer.retryAfterMs ?? Math.min(Math.max(waitedMs / 2, LEAST_RETRY_MS), MOST_RETRY_MS);
      return { state: 'PENDING', reason: 'unreachable', retryAt: new Date(now.getTime() + retryMs) };
    }
    return { state: 'FAILED', reason: answer.reason === 'token_revoked' ? 'token_revoked' : 'rejected', retryAt: null };
  }

  return {
    /** The platforms that need no poller, only this. */
    kinds: kinds as readonly ChannelKind[],
    /** Those among them that call about an account only when asked to. */
    subscribable: kinds.filter((kind) => channels[kind]?.subscribe) as readonly ChannelKind[],

    /** Those of a bot that its owner has just started; the page shows the outcome. */
    async started(tenantId: string, botId: string, now = new Date()): Promise<void> {
      const connections = await upkeep.startedOf(tenantId, botId, now, kinds);
      await Promise.all(connections.map((connection) => recheck(connection, now)));
    },

    /** All whose time has come; owners are told of those that fail. */
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

const UNIQUE_VIOLATION = '23505';
