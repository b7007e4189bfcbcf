import type { ChannelKind } from '#core/message.ts';
import type { ConnectionFailureReason, PeerFailureReason } from '#core/reasons.ts';
import { removeConnectionMessages } from '#pipeline/erase.ts';
import type { Database, Sql } from '#platform/db/database.ts';

export type ConnectionState = 'ACTIVE' | 'INACTIVE' | 'PENDING' | 'FAILED';

/** What pages may know of a connection: no secrets. */
export interface Connection {
  id: string;
  botId: string;
  platform: ChannelKind;
  accountId: string;
  displayName: string | null;
  username: string | null;
  secretLast4: string;
  enabled: boolean;
  state: ConnectionState;
  failureReason: ConnectionFailureReason | null;
  /** The platform's own words on it. */
  failureDetail: string | null;
  firstMessageAt: Date | null;
  lastInboundAt: Date | null;
  /** Of platforms that call us: when the handshake came. */
  verifiedAt: Date | null;
  lastError: PeerFailureReason | null;
  lastErrorAt: Date | null;
  tokenExpiresAt: Date | null;
  tokenRenewAt: Date | null;
  createdAt: Date;
}

export interface SealedConnection extends Connection {
  tenantId: string;
  sealedSecrets: string;
}

/** A row as it is written; new and edited alike. */
export interface ConnectionRow {
  id: string;
  botId: string;
  platform: ChannelKind;
  accountId: string;
  displayName: string | null;
  username: string | null;
  sealedSecrets: string;
  secretLast4: string;
  failureReason: ConnectionFailureReason | null;
  retryAt: Date | null;
  /** Works from now on: nothing has to be polled. */
  ready: boolean;
  sharesApp: boolean;
  /** When a token that was entered now is to be renewed; null: no such token. */
  tokenRenewAt: Date | null;
}

const COLUMNS = `id, bot_id AS "botId", platform, account_id AS "accountId", display_name AS "displayName", username,
  secret_last4 AS "secretLast4", enabled, state, failure_reason AS "failureReason", failure_detail AS "failureDetail",
  first_message_at AS "firstMessageAt", last_inbound_at AS "lastInboundAt", verified_at AS "verifiedAt", last_error AS "lastError",
  last_error_at AS "lastErrorAt", token_expires_at AS "tokenExpiresAt", token_renew_at AS "tokenRenewAt", created_at AS "createdAt"`;

const ONE_OR_ALL = 'tenant_id = $1 AND bot_id = $2 AND ($3::uuid IS NULL OR id = $3)';
const CHANGED =
  'failure_reason = NULL, failure_detail = NULL, retry_at = NULL, last_error = NULL, last_error_at = NULL, state_changed_at = now()';
const UNIQUE_VIOLATION = '23505';

/** Another connection, of whichever tenant, has this account. */
export class AccountTakenError extends Error {}

// Of the installation's own app one handshake is everybody's.
const SHARED_HANDSHAKE = `CASE WHEN $13 THEN (SELECT max(verified_at) FROM connections WHERE platform = $4::"Platform") END`;

/** Adds the row within the caller's transaction. @throws AccountTakenError */
export async function insertConnection(sql: Sql, tenantId: string, row: ConnectionRow): Promise<void> {
  await refusingTaken(
    sql.query(
      `INSERT INTO connections (id, tenant_id, bot_id, platform, account_id, display_name, username, sealed_secrets, secret_last4,
         failure_reason, retry_at, state, verified_at, token_renew_at)
       VALUES ($1, $2, $3, $4::"Platform", $5, $6, $7, $8, $9, $10, $11, $12::"ConnectionState", ${SHARED_HANDSHAKE}, $14)`,
      [
        row.id,
        tenantId,
        row.botId,
        row.platform,
        row.accountId,
        row.displayName,
        row.username,
        row.sealedSecrets,
        row.secretLast4,
        row.failureReason,
        row.retryAt,
        row.ready ? 'ACTIVE' : 'PENDING',
        row.sharesApp,
        row.tokenRenewAt,
      ],
    ),
  );
}

export function createConnectionsRepo({ database }: { database: Database }) {
  const { sql } = database;
  return {
    async listOfBot(tenantId: string, botId: string): Promise<Connection[]> {
      const text = `SELECT ${COLUMNS} FROM connections WHERE tenant_id = $1 AND bot_id = $2 ORDER BY id`;
      return (await sql.query<Connection>(text, [tenantId, botId])).rows;
    },

    async find(tenantId: string, botId: string, id: string): Promise<SealedConnection | null> {
      const text = `SELECT ${COLUMNS}, tenant_id AS "tenantId", sealed_secrets AS "sealedSecrets"
        FROM connections WHERE tenant_id = $1 AND bot_id = $2 AND id = $3`;
      return (await sql.query<SealedConnection>(text, [tenantId, botId, id])).rows[0] ?? null;
    },

    /** Runs `insert` unless the bot has `max` connections; the bot's row is locked, so that it holds for many at once. */
    add: (tenantId: string, botId: string, max: number, insert: (sql: Sql) => Promise<void>): Promise<boolean> =>
      database.inTransaction(async (tx) => {
        await tx.query('SELECT 1 FROM bots WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE', [tenantId, botId]);
        const count = await tx.query<{ n: number }>('SELECT count(*) AS n FROM connections WHERE bot_id = $1', [botId]);
        if ((count.rows[0]?.n ?? 0) >= max) return false;
        await insert(tx);
        return true;
      }),

    /**
     * New credentials; the connection starts anew. Another account is taken only while no customer has written: the
     * messages' ids and the chats belong to the account they came through.
     * @throws AccountTakenError
     */
    async replaceCredentials(tenantId: string, row: ConnectionRow): Promise<boolean> {
      const text = `UPDATE connections SET account_id = $4, display_name = coalesce($5, display_name), username = coalesce($6, username),
          sealed_secrets = $7, secret_last4 = $8, failure_reason = $9, failure_detail = NULL, retry_at = $10, state_changed_at = now(),
          state = CASE WHEN NOT enabled THEN 'INACTIVE' ELSE $11 END::"ConnectionState", last_error = NULL, last_error_at = NULL,
          token_renew_at = coalesce($12, token_renew_at),
          token_expires_at = CASE WHEN $12::timestamptz IS NULL THEN token_expires_at END
        WHERE tenant_id = $1 AND bot_id = $2 AND id = $3 AND (account_id = $4 OR first_message_at IS NULL)`;
      const values = [
        tenantId,
        row.botId,
        row.id,
        row.accountId,
        row.displayName,
        row.username,
        row.sealedSecrets,
        row.secretLast4,
        row.failureReason,
        row.retryAt,
        row.ready ? 'ACTIVE' : 'PENDING',
        row.tokenRenewAt,
      ];
      return (await refusingTaken(sql.query(text, values))).rowCount === 1;
    },

    /** Stops one connection, or with null all of the bot's. Returns how many there were. */
    async stop(tenantId: string, botId: string, id: string | null): Promise<number> {
      const text = `UPDATE connections SET enabled = false, ${CHANGED}, state = 'INACTIVE' WHERE ${ONE_OR_ALL}`;
      return (await sql.query(text, [tenantId, botId, id])).rowCount ?? 0;
    },

    /**
     * Starts one connection, or with null all of the bot's, on the platforms that `allowed` lets through; it runs in the
     * same transaction and may throw.
     */
    start: (
      tenantId: string,
      botId: string,
      id: string | null,
      allowed: (tx: Sql, kinds: ChannelKind[]) => Promise<ChannelKind[]>,
    ) =>
      database.inTransaction(async (tx): Promise<number> => {
        const found = await tx.query<{ platform: ChannelKind }>(`SELECT platform FROM connections WHERE ${ONE_OR_ALL}`, [
          tenantId,
          botId,
          id,
        ]);
        const kinds = found.rows.map(({ platform }) => platform);
        if (kinds.length === 0) return 0;
        const text = `UPDATE connections SET enabled = true, ${CHANGED},
            state = CASE WHEN enabled AND state = 'ACTIVE' THEN 'ACTIVE' ELSE 'PENDING' END::"ConnectionState"
          WHERE ${ONE_OR_ALL} AND platform = ANY($4::"Platform"[])`;
        return (await tx.query(text, [tenantId, botId, id, await allowed(tx, kinds)])).rowCount ?? 0;
      }),

    /** Deletes the messages of a connection, or with null of the whole bot. */
    async removeMessages(tenantId: string, botId: string, connectionId: string | null): Promise<void> {
      await removeConnectionMessages(sql, { tenantId, botId, connectionId });
    },

    async remove(tenantId: string, botId: string, id: string): Promise<boolean> {
      const text = 'DELETE FROM connections WHERE tenant_id = $1 AND bot_id = $2 AND id = $3';
      return (await sql.query(text, [tenantId, botId, id])).rowCount === 1;
    },
  };
}

export type ConnectionsRepo = ReturnType<typeof createConnectionsRepo>;

async function refusingTaken<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: { code?: string; constraint?: string }) => {
    if (error.code !== UNIQUE_VIOLATION || error.constraint !== 'connections_platform_account_id_key') throw error;
    throw new AccountTakenError();
  });
}
