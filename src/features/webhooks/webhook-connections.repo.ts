import type { ChannelKind } from '#core/message.ts';
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

/** Deliveries name accounts, not tenants: an account belongs to one connection of the whole installation. */
export function createWebhookConnectionsRepo({ database }: { database: Database }) {
  const { sql } = database;
  return {
    async findAcrossTenants(platform: ChannelKind, accountIds: string[]): Promise<WebhookConnection[]> {
      const text = `SELECT id, tenant_id AS "tenantId", bot_id AS "botId", account_id AS "accountId", sealed_secrets AS "sealedSecrets",
          coalesce(last_inbound_at < now() - interval '1 minute', true) AS quiet
        FROM connections WHERE platform = $1::"Platform" AND account_id = ANY($2)`;
      const values = [platform, accountIds];
      return (await sql.query<WebhookConnection>({ name: 'webhook-connections', text, values })).rows;
    },

    /** A signed delivery came: more than the handshake could show. */
    async noteInbound(ids: string[]): Promise<void> {
      const text =
        'UPDATE connections SET last_inbound_at = now(), verified_at = coalesce(verified_at, now()) WHERE id = ANY($1)';
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
