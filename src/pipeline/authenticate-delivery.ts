import type { ConnectedWebhook, Credentials } from '#channels/channel.ts';
import type { ChannelKind } from '#core/message.ts';
import type { Logger } from '#platform/logger.ts';
import type { SignedByApp } from './app-secrets.ts';
import type { AppConnection, WebhookConnection, WebhookConnectionsRepo } from './webhook-connections.repo.ts';

interface Deps {
  connections: Pick<WebhookConnectionsRepo, 'findAcrossTenants' | 'belowAcrossTenants'>;
  openCredentials: (connection: AppConnection) => Credentials;
  signedByApp: SignedByApp;
  logger: Logger;
}

interface Delivery {
  kind: ChannelKind;
  webhook: ConnectedWebhook;
  rawBody: Buffer;
  signature: string;
}

/**
 * `by`: whose secret signed it; `app`: of an app that has connections here, for an account that has none.
 * `looked`: the accounts that were looked up for it, with their connections.
 */
export type Signed = { by: 'installation' | 'connection' | 'app'; looked: ReadonlyMap<string, WebhookConnection | null> };

// A genuine delivery names its first account at its beginning. One app signs for all accounts of a delivery, so its first
// secrets decide. Both limits bound what a forged delivery costs.
const MAX_LOOKED_UP = 20;
const MAX_SECRETS = 6;

/** Who signed a delivery, over its raw bytes and before any of it is parsed. */
export function createAuthenticator({ connections, openCredentials, signedByApp, logger }: Deps) {
  /** None when the credentials were sealed with a lost key. */
  function secretsOf(webhook: ConnectedWebhook, connection: AppConnection): string[] {
    try {
      return webhook.secretsOf(openCredentials(connection));
    } catch {
      logger.error({ connectionId: connection.id }, 'webhook: the credentials cannot be opened; was ENCRYPTION_KEY changed?');
      return [];
    }
  }

  const isSignedBy = (of: readonly AppConnection[], { webhook, rawBody, signature }: Delivery): boolean => {
    const secrets = [...new Set(of.flatMap((connection) => secretsOf(webhook, connection)))];
    return webhook.isSigned(secrets.slice(0, MAX_SECRETS), rawBody, signature);
  };

  /** For accounts that nobody has connected: the account above them, else any app that has connections here. */
  async function isOfKnownApp(delivery: Delivery): Promise<boolean> {
    const { kind, webhook, rawBody, signature } = delivery;
    const parentIds = webhook.parentsIn?.(rawBody).slice(0, MAX_LOOKED_UP) ?? [];
    const below = parentIds.length > 0 ? await connections.belowAcrossTenants(kind, parentIds) : [];
    return isSignedBy(below, delivery) || signedByApp(kind, webhook, rawBody, signature);
  }

  return {
    async authenticate(delivery: Delivery): Promise<Signed | 'unknown_account' | 'wrong_signature'> {
      const { kind, webhook, rawBody, signature } = delivery;
      if (webhook.isSigned(webhook.platformSecrets, rawBody, signature)) return { by: 'installation', looked: new Map() };
      const ids = webhook.accountsIn(rawBody).slice(0, MAX_LOOKED_UP);
      const found = ids.length > 0 ? await connections.findAcrossTenants(kind, ids) : [];
      if (found.length === 0 && !(await isOfKnownApp(delivery))) return ids.length > 0 ? 'unknown_account' : 'wrong_signature';
      if (found.length > 0 && !isSignedBy(found, delivery)) return 'wrong_signature';
      const byAccount = new Map(found.map((connection) => [connection.accountId, connection]));
      const looked = new Map(ids.map((id) => [id, byAccount.get(id) ?? null]));
      return { by: found.length > 0 ? 'connection' : 'app', looked };
    },

    /** Those of the connections whose own secret signed it; all of them where the installation's did. */
    signersAmong<Of extends AppConnection>(signed: Signed, of: Of[], { webhook, rawBody, signature }: Delivery): Of[] {
      if (signed.by === 'installation') return of;
      const good = new Map<string, boolean>();
      const signs = (secret: string): boolean => {
        if (!good.has(secret)) good.set(secret, webhook.isSigned([secret], rawBody, signature));
        return good.get(secret) as boolean;
      };
      return of.filter((connection) => secretsOf(webhook, connection).some(signs));
    },
  };
}
