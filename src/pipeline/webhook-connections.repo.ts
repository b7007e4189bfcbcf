import type { ChannelKind } from '#core/message.ts';
import { createBatcher } from '#platform/batcher.ts';
import type { Database } from '#platform/db/database.ts';
import { report, statement } from '#platform/db/statement.ts';

export interface WebhookConnection {
  id: string;
  tenantId: string;
  botId: string;
  accountId: string;
  sealedSecrets: string;
  /** No delivery was noted in the last minute. */
  quiet: boolean;
}

export type AppConnection = Pick<WebhookConnection, 'id' | 'tenantId' | 'sealedSecrets'>;

/** A connection below an account that a delivery names. */
export interface ParentedConnection extends Omit<WebhookConnection, 'quiet'> {
  parentAccountId: string;
  username: string | null;
  botName: string;
}

interface Named {
  platform: ChannelKind;
  accountIds: string[];
}

const findConnections = statement<
  { platforms: ChannelKind[]; accountIds: string[] },
  WebhookConnection & { platform: ChannelKind }
>(import.meta.url, './statements/webhook-connections.sql');
const accountConnections = report<{ platform: ChannelKind; parentIds: string[] }, ParentedConnection>(
  import.meta.url,
  './statements/account-connections.sql',
);
const appConnections = report<{ platform: ChannelKind }, AppConnection>(import.meta.url, './statements/app-connections.sql');
const noteInbound = report<{ ids: string[] }>(import.meta.url, './statements/note-inbound.sql');
const markVerified = report<{ platform: ChannelKind; connectionId: string | null }>(
  import.meta.url,
  './statements/mark-connections-verified.sql',
);

// Concurrent deliveries share one look-up.
const BATCH = { spacingMs: 0, maxItems: 50 };
// A delivery with many accounts is looked up alone, so that it delays no other.
const FEW_ACCOUNTS = 5;

/** Deliveries name accounts, not tenants. An account belongs to one connection of the whole installation. */
export function createWebhookConnectionsRepo({ database: { sql } }: { database: Database }) {
  async function findAll(deliveries: Named[]): Promise<WebhookConnection[][]> {
    const wanted = new Map(
      deliveries.flatMap(({ platform, accountIds }) => accountIds.map((id) => [`${platform} ${id}`, { platform, id }])),
    );
    const rows = await findConnections(sql, {
      platforms: [...wanted.values()].map(({ platform }) => platform),
      accountIds: [...wanted.values()].map(({ id }) => id),
    });
    return deliveries.map(({ platform, accountIds }) =>
      rows.filter((row) => row.platform === platform && accountIds.includes(row.accountId)),
    );
  }
  const batch = createBatcher<Named, WebhookConnection[]>({ ...BATCH, flush: findAll });

  return {
    async findAcrossTenants(platform: ChannelKind, accountIds: string[]): Promise<WebhookConnection[]> {
      const named = { platform, accountIds };
      return accountIds.length > FEW_ACCOUNTS ? ((await findAll([named]))[0] ?? []) : batch.add(named);
    },

    belowAcrossTenants: (platform: ChannelKind, parentIds: string[]): Promise<ParentedConnection[]> =>
      accountConnections(sql, { platform, parentIds }),

    ofAppsAcrossTenants: (platform: ChannelKind): Promise<AppConnection[]> => appConnections(sql, { platform }),

    noteInbound: async (ids: string[]): Promise<void> => void (await noteInbound(sql, { ids })),

    markVerifiedAcrossTenants: async (platform: ChannelKind, connectionId: string | null): Promise<void> =>
      void (await markVerified(sql, { platform, connectionId })),
  };
}

export type WebhookConnectionsRepo = ReturnType<typeof createWebhookConnectionsRepo>;
