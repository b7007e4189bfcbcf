import type { ChannelKind } from '#core/message.ts';
import type { ConnectionFailureReason, PeerFailureReason } from '#core/reasons.ts';
import type { Database } from '#platform/db/database.ts';
import type { ConnectionState } from './connections.repo.ts';

/** A connection whose platform is about to be asked. */
export interface UpkeepConnection {
  id: string;
  tenantId: string;
  botId: string;
  botName: string;
  platform: ChannelKind;
  sealedSecrets: string;
  stateChangedAt: Date;
  tokenExpiresAt: Date | null;
}

/** What became of it. */
export interface Settled {
  state: ConnectionState;
  reason: ConnectionFailureReason | null;
  retryAt: Date | null;
  account?: { accountId: string; displayName: string; username?: string };
}

const RETURNING = `RETURNING c.id, c.tenant_id AS "tenantId", c.bot_id AS "botId", b.name AS "botName", c.platform,
  c.sealed_secrets AS "sealedSecrets", c.state_changed_at AS "stateChangedAt", c.token_expires_at AS "tokenExpiresAt"`;

// Whoever takes a row puts its next time off first: two processes never ask for the same one, and one that dies loses a turn only.
const take = (column: string, wait: string, condition: string): string => `
  UPDATE connections c SET ${column} = $1::timestamptz + interval '${wait}' FROM bots b
  WHERE b.id = c.bot_id AND c.id IN (
    SELECT id FROM connections WHERE platform = ANY($2::"Platform"[]) AND ${condition}
    ORDER BY id LIMIT 100 FOR NO KEY UPDATE SKIP LOCKED) ${RETURNING}`;

const TAKE_PENDING = take('retry_at', '1 minute', `enabled AND state = 'PENDING' AND (retry_at IS NULL OR retry_at <= $1)`);
const TAKE_STARTED = take('retry_at', '1 minute', `enabled AND state = 'PENDING' AND tenant_id = $3 AND bot_id = $4`);
// A stopped one too: its token must still live when the owner starts it again.
const TAKE_RENEWALS = take('token_renew_at', '1 hour', `state IN ('ACTIVE', 'INACTIVE') AND token_renew_at <= $1`);

// Only while nobody changed anything: the owner's newer word counts.
const UNCHANGED = 'id = $1 AND sealed_secrets = $2';

const SETTLE = `UPDATE connections SET state = $3::"ConnectionState", failure_reason = $4, retry_at = $5,
    state_changed_at = CASE WHEN state = $3::"ConnectionState" THEN state_changed_at ELSE now() END, account_id = coalesce($6, account_id),
    display_name = coalesce($7, display_name), username = coalesce($8, username)
  WHERE ${UNCHANGED} AND enabled`;

const RENEWED = `UPDATE connections SET sealed_secrets = $3, secret_last4 = $4, token_expires_at = $5, token_renew_at = $6,
    last_error = NULL, last_error_at = NULL WHERE ${UNCHANGED}`;

const NOT_RENEWED = `UPDATE connections SET token_renew_at = $3, last_error = $4, last_error_at = $5 WHERE ${UNCHANGED}`;

/** The statements that keep connections working by themselves. They span tenants, except startedOf. */
export function createUpkeepRepo({ database: { sql } }: { database: Database }) {
  const rows = async (text: string, values: unknown[]) => (await sql.query<UpkeepConnection>(text, values)).rows;
  const isDone = async (text: string, values: unknown[]) => (await sql.query(text, values)).rowCount === 1;
  return {
    /** Those that wait for their check, and whose time has come. */
    pendingAcrossTenants: (now: Date, kinds: ChannelKind[]) => rows(TAKE_PENDING, [now, kinds]),

    /** Those of one bot that were just started. */
    startedOf: (tenantId: string, botId: string, now: Date, kinds: ChannelKind[]) =>
      rows(TAKE_STARTED, [now, kinds, tenantId, botId]),

    /** Those whose token is due for renewal. */
    renewalsAcrossTenants: (now: Date, kinds: ChannelKind[]) => rows(TAKE_RENEWALS, [now, kinds]),

    /** False: the owner changed it meanwhile. */
    settle: ({ id, sealedSecrets }: UpkeepConnection, { state, reason, retryAt, account }: Settled): Promise<boolean> => {
      const told = [account?.accountId, account?.displayName, account?.username];
      return isDone(SETTLE, [id, sealedSecrets, state, reason, retryAt, ...told]);
    },

    renewed: (
      { id, sealedSecrets }: UpkeepConnection,
      next: { sealedSecrets: string; secretLast4: string; expiresAt: Date; renewAt: Date },
    ): Promise<boolean> =>
      isDone(RENEWED, [id, sealedSecrets, next.sealedSecrets, next.secretLast4, next.expiresAt, next.renewAt]),

    notRenewed: (
      { id, sealedSecrets }: UpkeepConnection,
      renewAt: Date,
      reason: PeerFailureReason,
      now: Date,
    ): Promise<boolean> => isDone(NOT_RENEWED, [id, sealedSecrets, renewAt, reason, now]),
  };
}

export type UpkeepRepo = ReturnType<typeof createUpkeepRepo>;
