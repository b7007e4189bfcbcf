import { LRUCache } from 'lru-cache';
import type { Credentials } from '#channels/channel.ts';
import type { SealContext, Sealer } from '#platform/crypto/seal.ts';

interface Row {
  id: string;
  tenantId: string;
}

const LAST_CHARS = 4;
// Every reply needs credentials, so those of active bots stay opened.
const MAX_OPEN = 2_000;

const contextOf = ({ id, tenantId }: Row): SealContext => ({
  table: 'connections',
  column: 'sealed_secrets',
  rowId: id,
  tenantId,
});

/** Sealed credentials, bound to their row and tenant. Only the last four characters are ever shown. */
export function createConnectionSecrets({ sealer }: { sealer: Sealer }) {
  const opened = new LRUCache<string, { tenantId: string; sealedSecrets: string; credentials: Credentials }>({ max: MAX_OPEN });

  return {
    sealCredentials: (connection: Row, credentials: Credentials, secret: string) => ({
      sealedSecrets: sealer.seal(JSON.stringify(credentials), contextOf(connection)),
      secretLast4: secret.slice(-LAST_CHARS),
    }),

    /** @throws when the row was copied or changed, or the key is unknown. */
    openCredentials(connection: Row & { sealedSecrets: string }): Credentials {
      const { id, tenantId, sealedSecrets } = connection;
      const known = opened.get(id);
      if (known?.sealedSecrets === sealedSecrets && known.tenantId === tenantId) return known.credentials;
      const credentials = Object.freeze(JSON.parse(sealer.open(sealedSecrets, contextOf(connection))) as Credentials);
      opened.set(id, { tenantId, sealedSecrets, credentials });
      return credentials;
    },

    /** Nothing when they were sealed with a lost key: they cannot be kept, and the owner enters all fields. */
    openOrEmpty(connection: Row & { sealedSecrets: string }): Credentials {
      try {
        return this.openCredentials(connection);
      } catch {
        return {};
      }
    },

    /** Null when the newest key sealed them already. @throws when no key opens them. */
    reseal: (connection: Row & { sealedSecrets: string }): string | null =>
      sealer.isOld(connection.sealedSecrets)
        ? sealer.seal(sealer.open(connection.sealedSecrets, contextOf(connection)), contextOf(connection))
        : null,
  };
}

export type ConnectionSecrets = ReturnType<typeof createConnectionSecrets>;
