import type { ChannelKind } from '#core/message.ts';
import { createBatcher } from '#platform/batcher.ts';
import type { Database } from '#platform/db/database.ts';

/** A connection as a delivery finds it. */
export interface WebhookConnection {
  id: string;
  tenantId: string;
  botId: string;
  accountId: string;
  sealedSecrets: string;
  /** No delivery has been noted for a minute. */
  quiet: boolean;
}

/** The accounts one delivery names. */
interface Named {
  platform: ChannelKind;
  accountIds: string[];
}

// Those of the same moment, and those that come while the ones before are looked up.
const BATCH = { spacingMs: 0, maxItems: 50 };
// Real deliveries name one account or a few. What names many is looked up by itself: a stranger's holds up nobody else.
const FEW_ACCOUNTS = 5;

const FIND = `SELECT c.id, c.tenant_id AS "tenantId", c.bot_id AS "botId", c.account_id AS "accountId", c.sealed_secrets AS "sealedSecrets",
    coalesce(c.last_inbound_at < now() - interval '1 minute', true) AS quiet, w.platform
  FROM unnest($1::text[], $2::text[]) AS w(platform, account_id) CROSS JOIN LATERAL (
    SELECT * FROM connections WHERE platform = w.platform::"Platform" AND account_id = w.account_id LIMIT 1) c`;

/** Deliveries name accounts, not tenants: an account belongs to one connection of the whole installation. */
export function createWebhookConnectionsRepo({ database }: { database: Database }) {
  const { sql } = database;

  async function findAll(deliveries: Named[]): Promise<WebhookConnection[][]> {
    const wanted = new Map(
      deliveries.flatMap(({ platform, accountIds }) => accountIds.map((id) => [`${platform} ${id}`, { platform, id }])),
    );
    const values = [[...wanted.values()].map(({ platform }) => platform), [...wanted.values()].map(({ id }) => id)];
    const { rows } = await sql.query<WebhookConnection & { platform: ChannelKind }>({
      name: 'webhook-connections',
      text: FIND,
      values,
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

    /** A signed delivery came: more than the handshake could show. Whoever comes second in a minute changes nothing. */
    async noteInbound(ids: string[]): Promise<void> {
      const text = `UPDATE connections SET last_inbound_at = now(), verified_at = coalesce(verified_at, now())
        WHERE id = ANY($1) AND coalesce(last_inbound_at < now() - interval '1 minute', true)`;
      await sql.query(text, [ids]);
    },

    /** The handshake names no account: it says that the platform's app has found us, for all of its accounts. */
    async markVerifiedAcrossTenants(platform: ChannelKind): Promise<void> {
      await sql.query('UPDATE connections SET verified_at = now() WHERE platform = $1::"Platform" AND verified_at IS NULL', [
        platform,
      ]);
    },
  };
}

export type WebhookConnectionsRepo = ReturnType<typeof createWebhookConnectionsRepo>;
