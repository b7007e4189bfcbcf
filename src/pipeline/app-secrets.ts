import { LRUCache } from 'lru-cache';
import type { ConnectedWebhook, Credentials } from '#channels/channel.ts';
import { MINUTE_MS } from '#core/durations.ts';
import type { ChannelKind } from '#core/message.ts';
import type { AppConnection } from './webhook-connections.repo.ts';

interface Deps {
  connections: { ofAppsAcrossTenants(platform: ChannelKind): Promise<AppConnection[]> };
  openCredentials: (connection: AppConnection) => Credentials;
  now?: () => number;
}

// S69 (work for strangers): each try may compare 300 signatures, so the tries and the bodies are bounded.
const MAX_TRIES_PER_SECOND = 20;
const MAX_BODY_BYTES = 65_536;

/** Whether any connected app signed a delivery. It is then genuine, though it concerns no account of ours. */
export function createAppSecrets({ connections, openCredentials, now = Date.now }: Deps) {
  const secrets = new LRUCache<ChannelKind, string[]>({ max: 20, ttl: MINUTE_MS });
  let second = 0;
  let tries = 0;

  const opened = (webhook: ConnectedWebhook, connection: AppConnection): string[] => {
    try {
      return webhook.secretsOf(openCredentials(connection));
    } catch {
      return [];
    }
  };

  async function secretsFor(kind: ChannelKind, webhook: ConnectedWebhook): Promise<string[]> {
    const known = secrets.get(kind);
    if (known) return known;
    const found = await connections.ofAppsAcrossTenants(kind);
    const all = [...new Set(found.flatMap((connection) => opened(webhook, connection)))];
    secrets.set(kind, all);
    return all;
  }

  function mayTry(): boolean {
    const current = Math.floor(now() / 1_000);
    if (current !== second) [second, tries] = [current, 0];
    tries += 1;
    return tries <= MAX_TRIES_PER_SECOND;
  }

  return async (kind: ChannelKind, webhook: ConnectedWebhook, rawBody: Buffer, signature: string): Promise<boolean> =>
    rawBody.length <= MAX_BODY_BYTES && mayTry() && webhook.isSigned(await secretsFor(kind, webhook), rawBody, signature);
}

export type SignedByApp = ReturnType<typeof createAppSecrets>;
