import { channelOf } from '#channels/channels.ts';
import { DAY_MS } from '#core/durations.ts';
import type { ChannelKind } from '#core/message.ts';
import type { Connection } from './connections.repo.ts';
import { FIRST_RENEWAL_MS } from './renew-tokens.ts';

export interface ConnectionItem extends Connection {
  /** For channels with a webhook. `url` is null without a public address. `canSubscribe`: the platform needs a subscription. */
  webhook: { url: string | null; verifyToken: string; canSubscribe: boolean } | null;
  /** The platform says so, or nobody knows that it delivers: no subscription was noted, and nothing came lately. */
  lacksSubscription: boolean;
  /** Ready, but the platform has not called yet: the owner has to finish the setup there. */
  isUnfinished: boolean;
  /** For tokens that expire. `atMost`: the exact date is unknown. */
  tokenLeft: { days: number; atMost: boolean } | null;
  chat: { label: string } | null;
}

export interface WebhookSettings {
  publicUrl: string | undefined;
  verifyTokenOf: (connectionId: string) => string;
  kinds: readonly ChannelKind[];
  subscribable: readonly ChannelKind[];
}

const QUIET_MS = 7 * DAY_MS;
// Source: META instagram-platform/reference/access_token (2026-11).
const TOKEN_LIFE_MS = 60 * DAY_MS;

export function presentConnection(
  connection: Connection,
  { webhooks, now, lost }: { webhooks: WebhookSettings; now: Date; lost: ReadonlySet<string> },
): ConnectionItem {
  const { publicUrl, verifyTokenOf, kinds, subscribable } = webhooks;
  const isReachable = publicUrl?.startsWith('https://') ?? false;
  const url = isReachable ? `${publicUrl}/webhooks/${connection.platform}` : null;
  const isLost = lost.has(connection.id);
  return {
    ...connection,
    ...(isLost && { subscribedAt: null }),
    webhook: kinds.includes(connection.platform)
      ? { url, verifyToken: verifyTokenOf(connection.id), canSubscribe: subscribable.includes(connection.platform) }
      : null,
    lacksSubscription:
      isLost ||
      (subscribable.includes(connection.platform) &&
        connection.state === 'ACTIVE' &&
        connection.subscribedAt === null &&
        now.getTime() - (connection.lastInboundAt?.getTime() ?? 0) > QUIET_MS),
    isUnfinished: isUnfinished(connection, kinds),
    tokenLeft: tokenLeft(connection, now),
    chat: chatOf(connection),
  };
}

/** Active, but the platform has neither sent the handshake nor delivered anything. */
export const isUnfinished = (
  { state, verifiedAt, platform }: Pick<Connection, 'state' | 'verifiedAt' | 'platform'>,
  kinds: readonly ChannelKind[],
): boolean => state === 'ACTIVE' && verifiedAt === null && kinds.includes(platform);

function tokenLeft({ tokenExpiresAt, tokenRenewAt }: Connection, now: Date): ConnectionItem['tokenLeft'] {
  if (!tokenRenewAt) return null;
  const latest = tokenRenewAt.getTime() - FIRST_RENEWAL_MS + TOKEN_LIFE_MS;
  const leftMs = (tokenExpiresAt?.getTime() ?? latest) - now.getTime();
  return { days: Math.max(0, Math.floor(leftMs / DAY_MS)), atMost: tokenExpiresAt === null };
}

function chatOf({ platform, username }: Connection): ConnectionItem['chat'] {
  if (!username) return null;
  const address = channelOf(platform)?.chatAddress(username);
  return address === undefined ? null : { label: address };
}
