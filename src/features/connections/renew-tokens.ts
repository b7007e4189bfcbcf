import type { ChannelAdapter, Channels, PeerFailure } from '#channels/channel.ts';
import type { Notices } from '#features/notices/feature.ts';
import type { Logger } from '#platform/logger.ts';
import { secretFieldOf } from './check-credentials.ts';
import type { ConnectionSecrets } from './connection-secrets.ts';
import type { UpkeepConnection, UpkeepRepo } from './upkeep.repo.ts';

interface Deps {
  upkeep: UpkeepRepo;
  channels: Channels;
  secrets: ConnectionSecrets;
  notices: Pick<Notices, 'connectionFailed' | 'tokenNotRenewed'>;
  logger: Logger;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/**
 * A token cannot be renewed in its first 24 hours, and lives for 60 days from then on. How old a pasted one is nobody says,
 * so it is renewed as soon as it may be. Source: META instagram-platform/reference/refresh_access_token (2026-11).
 */
export const FIRST_RENEWAL_MS = DAY_MS + HOUR_MS;
const RENEW_EVERY_MS = 7 * DAY_MS;
/** So near to the end even an outage of the platform is the owner's business. */
const ALARM_MS = 7 * DAY_MS;

/** Renews the tokens whose time has come, long before they run out; owners are told of what does not work. */
export function createTokenRenewal({ upkeep, channels, secrets, notices, logger }: Deps) {
  const kinds = Object.values(channels).flatMap((adapter) => (adapter?.renewToken ? [adapter.kind] : []));

  async function renew(connection: UpkeepConnection, now: Date): Promise<void> {
    const adapter = channels[connection.platform] as ChannelAdapter & Required<Pick<ChannelAdapter, 'renewToken'>>;
    const answer = await adapter.renewToken(secrets.openCredentials(connection));
    if (!answer.ok) return refused(connection, answer, now);
    await upkeep.renewed(connection, {
      ...secrets.sealCredentials(connection, answer.credentials, answer.credentials[secretFieldOf(adapter)] ?? ''),
      expiresAt: new Date(now.getTime() + answer.expiresInMs),
      renewAt: new Date(now.getTime() + Math.max(FIRST_RENEWAL_MS, Math.min(RENEW_EVERY_MS, answer.expiresInMs / 2))),
    });
  }

  async function refused(connection: UpkeepConnection, { reason }: PeerFailure, now: Date): Promise<void> {
    const { tenantId, botId, botName, tokenExpiresAt } = connection;
    if (reason === 'token_revoked') {
      const isOurs = await upkeep.settle(connection, { state: 'FAILED', reason, retryAt: null });
      if (isOurs) return notices.connectionFailed({ tenantId, botId, botName, reason });
      // Stopped by the owner: said when it is started again.
      await upkeep.notRenewed(connection, new Date(now.getTime() + DAY_MS), reason, now);
      return;
    }
    const leftMs = tokenExpiresAt ? tokenExpiresAt.getTime() - now.getTime() : Number.POSITIVE_INFINITY;
    // It was put off by an hour when it was taken.
    if ((reason === 'unreachable' || reason === 'rate_limited') && leftMs > ALARM_MS) return;
    if (!(await upkeep.notRenewed(connection, new Date(now.getTime() + DAY_MS), reason, now))) return;
    await notices.tokenNotRenewed({ tenantId, botId, botName, reason, until: tokenExpiresAt });
  }

  return async function renewTokens(now: Date): Promise<void> {
    for (const connection of await upkeep.renewalsAcrossTenants(now, kinds)) {
      await renew(connection, now).catch((err: Error) =>
        logger.error({ err, connection: connection.id }, 'a token could not be renewed'),
      );
    }
  };
}

export type TokenRenewal = ReturnType<typeof createTokenRenewal>;
