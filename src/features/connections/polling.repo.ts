import type {
  CalledConnection,
  ConnectionChange,
  ConnectionReport,
  HeldConnection,
  PollingStore,
} from '#channels/telegram/polling-store.ts';
import type { AuditAction } from '#core/audit-actions.ts';
import { setReachable } from '#pipeline/conversation-marks.ts';
import type { Database } from '#platform/db/database.ts';

const MAX_DETAIL_CHARS = 300;

// What only the owner can mend is not tried again until the owner does something.
const GIVEN_UP = "('token_revoked', 'rejected', 'plan_limit')";

/*
 * Rows of leases others hold are not even locked: the outer test leaves them out, the inner one decides between two
 * claimers. The rows are taken in one order, so that claimers do not deadlock. The version covers all of `held` that a
 * poller works with; a single row without a connection comes when it is the known one ($3), or when nothing is held.
 */
const CLAIM = `
  WITH wanted AS (
    SELECT c.* FROM connections c JOIN tenants t ON t.id = c.tenant_id
    WHERE c.platform = 'telegram' AND c.enabled AND t.suspended_at IS NULL
      AND NOT (c.state = 'FAILED' AND coalesce(c.failure_reason, '') IN ${GIVEN_UP})
  ), taken AS (
    INSERT INTO leases (connection_id, holder, epoch, expires_at)
    SELECT w.id, $1, 1, now() + $2 * interval '1 millisecond'
    FROM wanted w LEFT JOIN leases l ON l.connection_id = w.id
    WHERE l.connection_id IS NULL OR l.expires_at <= now()
    ORDER BY w.id
    ON CONFLICT (connection_id) DO UPDATE
      SET holder = excluded.holder, epoch = leases.epoch + 1, expires_at = excluded.expires_at
      WHERE leases.expires_at <= now()
    RETURNING connection_id, epoch
  ), held AS (
    SELECT w.id, w.tenant_id AS "tenantId", w.bot_id AS "botId", w.account_id AS "accountId", w.display_name AS "displayName",
      w.username, w.sealed_secrets AS "sealedSecrets", w.state, w.failure_reason AS "failureReason",
      coalesce(t.epoch, l.epoch) AS epoch, t.epoch IS NOT NULL AS taken, md5(w.sealed_secrets) AS "tokenVersion",
      CASE WHEN w.state = 'PENDING' AND w.failure_reason IS NULL THEN (extract(epoch FROM w.state_changed_at) * 1000)::float8 END AS "startedAtMs",
      CASE WHEN t.epoch IS NOT NULL THEN (extract(epoch FROM now() - l.expires_at) * 1000)::float8 END AS "silentMs"
    FROM wanted w LEFT JOIN taken t ON t.connection_id = w.id LEFT JOIN leases l ON l.connection_id = w.id
    WHERE t.connection_id IS NOT NULL OR l.holder = $1
  )
  SELECT v.version, h.* FROM (SELECT md5(string_agg(h::text, ' ' ORDER BY h.id)) AS version FROM held h) v
  LEFT JOIN held h ON v.version IS DISTINCT FROM $3`;

// One value for all of them: a thousand rows each few seconds would be the dearest part of a quiet process.
const RENEW = `
  WITH kept AS (
    UPDATE leases SET expires_at = now() + $2 * interval '1 millisecond' WHERE holder = $1 RETURNING connection_id, epoch)
  SELECT coalesce(json_object_agg(connection_id, epoch), '{}') AS kept FROM kept`;

// The epoch stays, so that it goes on rising.
const RELEASE = `UPDATE leases SET holder = '', expires_at = now() WHERE holder = $1 AND ($2::uuid[] IS NULL OR connection_id = ANY($2))`;

const REPORT = `
  UPDATE connections c SET state = $4::"ConnectionState", failure_reason = $5, failure_detail = $10, state_changed_at = now(),
    retry_at = now() + $6::float8 * interval '1 millisecond', display_name = coalesce($7, c.display_name), username = coalesce($8, c.username)
  FROM bots b, leases l
  WHERE c.id = $1 AND b.id = c.bot_id AND l.connection_id = c.id AND l.holder = $2 AND l.epoch = $3
    AND c.enabled AND md5(c.sealed_secrets) = $9
    AND (c.state, coalesce(c.failure_reason, ''), coalesce(c.failure_detail, ''))
      IS DISTINCT FROM ($4::"ConnectionState", coalesce($5, ''), coalesce($10, ''))
  RETURNING c.tenant_id AS "tenantId", c.bot_id AS "botId", b.name AS "botName"`;

const GAP: AuditAction = 'connection.gap';
// $3: milliseconds. Shown by bots/bot-overview.
const RECORD_GAP = `
  INSERT INTO audit_lines (tenant_id, actor_kind, action, target_type, target_id, details)
  SELECT c.tenant_id, 'system', '${GAP}', 'connection', c.id, json_build_object('botId', c.bot_id,
    'from', now() - $3::float8 * interval '1 millisecond', 'until', now())
  FROM connections c JOIN leases l ON l.connection_id = c.id WHERE c.id = $1 AND l.epoch = $2`;

const CALLED = `
  SELECT c.id, c.tenant_id AS "tenantId", c.account_id AS "accountId", c.display_name AS "displayName", c.username,
    c.sealed_secrets AS "sealedSecrets"
  FROM connections c JOIN tenants t ON t.id = c.tenant_id
  WHERE c.id = $1 AND c.platform = 'telegram' AND c.enabled AND t.suspended_at IS NULL`;

/** The bot manager's statements. They span tenants: a poller serves whoever's bot it holds. */
export function createPollingRepo({ database }: { database: Database }): PollingStore {
  const { sql } = database;
  return {
    async freeAllLeases() {
      // When a lease ended by itself says since when nobody polled.
      await sql.query("UPDATE leases SET holder = '', expires_at = least(expires_at, now())");
    },

    async claim(holder, leaseMs, known) {
      const { rows } = await sql.query<HeldConnection & { version: string | null }>(CLAIM, [holder, leaseMs, known]);
      const version = rows[0]?.version ?? null;
      return { version, held: version !== null && version === known ? null : rows.filter(({ id }) => id !== null) };
    },

    async renew(holder, leaseMs) {
      const { rows } = await sql.query<{ kept: Record<string, number> }>(RENEW, [holder, leaseMs]);
      return new Map(Object.entries(rows[0]?.kept ?? {}));
    },

    async release(holder, connectionIds) {
      await sql.query(RELEASE, [holder, connectionIds ?? null]);
    },

    async report(holder: string, report: ConnectionReport): Promise<ConnectionChange | null> {
      const { connectionId, epoch, state, reason, retryInMs, account, tokenVersion, detail } = report;
      const values = [
        connectionId,
        holder,
        epoch,
        state,
        reason,
        retryInMs,
        account?.displayName,
        account?.username,
        tokenVersion,
        detail?.slice(0, MAX_DETAIL_CHARS),
      ];
      const row = (await sql.query<Pick<ConnectionChange, 'tenantId' | 'botId' | 'botName'>>(REPORT, values)).rows[0];
      return row ? { ...report, ...row } : null;
    },

    findCalledAcrossTenants: async (connectionId) => (await sql.query<CalledConnection>(CALLED, [connectionId])).rows[0] ?? null,

    async recordGap(connectionId, epoch, gapMs) {
      await sql.query(RECORD_GAP, [connectionId, epoch, gapMs]);
    },

    async setReachable(connectionId, epoch, platformUserId, reachable) {
      await setReachable(sql, { connectionId, leaseEpoch: epoch, platformUserId, reachable });
    },
  };
}
