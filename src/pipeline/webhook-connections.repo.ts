import type { ChannelKind } from '#core/message.ts';
import { createBatcher } from '#platform/batcher.ts';
import type { Database } from '#platform/db/database.ts';
import { report, statement } from '#platform/db/statement.ts';

/** The connection that a delivery is for. */
export interface WebhookConnection {
  id: string;
  tenantId: string;
  botId: string;
  accountId: string;
  sealedSecrets: string;
  /** No delivery was noted in the last minute. */
  quiet: boolean;
}

/** The accounts that one delivery names. */
interface Named {
  platform: ChannelKind;
  accountIds: string[];
}

const findConnections = statement<
  { platforms: ChannelKind[]; accountIds: string[] },
  WebhookConnection & { platform: ChannelKind }
>(import.meta.url, './statements/webhook-connections.sql');
const noteInbound = report<{ ids: string[] }>(import.meta.url, './statements/note-inbound.sql');
const markVerified = report<{ platform: ChannelKind }>(import.meta.url, './statements/mark-connections-verified.sql');

// Deliveries that come together, or during the look-up before, are looked up together.
const BATCH = { spacingMs: 0, maxItems: 50 };
// A real delivery names one account or a few. One that names many is looked up by itself, so that it delays no other.
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

    /** Notes that a signed delivery came. */
    noteInbound: async (ids: string[]): Promise<void> => void (await noteInbound(sql, { ids })),

    /** Notes the platform's handshake. */
    markVerifiedAcrossTenants: async (platform: ChannelKind): Promise<void> => void (await markVerified(sql, { platform })),
  };
}

export type WebhookConnectionsRepo = ReturnType<typeof createWebhookConnectionsRepo>;
