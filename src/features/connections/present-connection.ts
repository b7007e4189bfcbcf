import { channelOf } from '#channels/channels.ts';
import type { ChannelKind } from '#core/message.ts';
import type { Connection } from './connections.repo.ts';
import { FIRST_RENEWAL_MS } from './renew-tokens.ts';

/** A connection with what its page says about it. */
export interface ConnectionItem extends Connection {
  /** Of platforms that call us: what is entered there; `url` is null while the site has no public address. `canSubscribe`: it calls when asked to. */
  webhook: { url: string | null; verifyToken: string; canSubscribe: boolean } | null;
  /** It could answer, but its platform has not called us yet: the owner has something left to do there. */
  isUnfinished: boolean;
  /** Of tokens that run out. `atMost`: the platform has not said yet when. */
  tokenLeft: { days: number; atMost: boolean } | null;
  /** Where the owner can write as a customer would. */
  chat: { label: string } | null;
}

export interface WebhookSettings {
  publicUrl: string | undefined;
  verifyToken: string;
  /** The platforms that call us. */
  kinds: readonly ChannelKind[];
  /** Those among them that do so about an account only when asked to. */
  subscribable: readonly ChannelKind[];
}

const DAY_MS = 86_400_000;
// Source: META instagram-platform/reference/access_token (2026-11).
const TOKEN_LIFE_MS = 60 * DAY_MS;

/** Pure: `now` is an argument. */
export function presentConnection(
  connection: Connection,
  { webhooks, now }: { webhooks: WebhookSettings; now: Date },
): ConnectionItem {
  const { publicUrl, verifyToken, kinds, subscribable } = webhooks;
  const isReachable = publicUrl?.startsWith('https://') ?? false;
  const url = isReachable ? `${publicUrl}/webhooks/${connection.platform}` : null;
  return {
    ...connection,
    webhook: kinds.includes(connection.platform)
      ? { url, verifyToken, canSubscribe: subscribable.includes(connection.platform) }
      : null,
    isUnfinished: isUnfinished(connection, kinds),
    tokenLeft: tokenLeft(connection, now),
    chat: chatOf(connection),
  };
}

/** Whether it works but for what is entered at its platform, which has neither asked for the handshake nor delivered anything. */
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
