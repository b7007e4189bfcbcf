import type { ChannelAdapter, Channels, PeerFailure } from '#channels/channel.ts';
import { DAY_MS, HOUR_MS } from '#core/durations.ts';
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

// A token can be renewed 24 hours after its creation and lives 60 days; the age of an entered one is unknown.
// Source: META instagram-platform/reference/refresh_access_token (2026-11).
export const FIRST_RENEWAL_MS = DAY_MS + HOUR_MS;
const RENEW_EVERY_MS = 7 * DAY_MS;
/** This close to the end, owners are told even of an outage of the platform. */
const ALARM_MS = 7 * DAY_MS;

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
      // Stopped by the owner: reported at the next start.
      await upkeep.notRenewed(connection, new Date(now.getTime() + DAY_MS), reason, now);
      return;
    }
    const leftMs = tokenExpiresAt ? tokenExpiresAt.getTime() - now.getTime() : Number.POSITIVE_INFINITY;
    // The claim has already delayed it by an hour.
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
