import type { Channels, CredentialField, Credentials } from '#channels/channel.ts';
import type { ChannelKind } from '#core/message.ts';
import type { ConnectionSecrets } from './connection-secrets.ts';
import type { ConnectionsRepo } from './connections.repo.ts';

interface Deps {
  connections: Pick<ConnectionsRepo, 'sealedOfBot'>;
  channels: Channels;
  secrets: Pick<ConnectionSecrets, 'openOrEmpty'>;
}

const LAST_CHARS = 4;

/** What the forms show of stored credentials, by connection and field: the end of a secret, the whole of any other value. */
export function createShownValues({ connections, channels, secrets }: Deps) {
  return async (tenantId: string, botId: string): Promise<Record<string, Record<string, string>>> => {
    const rows = await connections.sealedOfBot(tenantId, botId);
    return Object.fromEntries(
      rows.map((row) => [row.id, shownOf(channels[row.platform as ChannelKind]?.fields ?? [], secrets.openOrEmpty(row))]),
    );
  };
}

export type ShownValues = ReturnType<typeof createShownValues>;

const shownOf = (fields: readonly CredentialField[], credentials: Credentials): Record<string, string> =>
  Object.fromEntries(
    fields.flatMap(({ name, secret }) => {
      const value = credentials[name];
      return value ? [[name, secret ? value.slice(-LAST_CHARS) : value]] : [];
    }),
  );
