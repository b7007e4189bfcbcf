import type { ReceiptType } from '#core/file-kind.ts';
import type { PlanName } from '#core/plans.ts';
import type { Database, Sql } from '#platform/db/database.ts';

/** What an owner asked for, and what became of it. */
export interface Upgrade {
  id: string;
  tenantId: string;
  plan: PlanName;
  months: number;
  note: string;
  receiptType: ReceiptType;
  state: 'open' | 'approved' | 'refused';
  reason: string | null;
  createdAt: Date;
  decidedAt: Date | null;
}

export interface UpgradeLine extends Upgrade {
  tenantName: string;
  ownerId: string | null;
  askedBy: string | null;
}

export interface NewUpgrade {
  id: string;
  askedBy: string;
  plan: PlanName;
  months: number;
  note: string;
  receipt: Buffer;
  receiptType: ReceiptType;
}

export interface UpgradeDecision {
  state: 'approved' | 'refused';
  /** What the owner is told; may be empty when approved. */
  reason: string;
  decidedBy: string;
  at: Date;
}

/** Where a page of requests ended. Among which it stood is said with it: it may have been decided since. */
export interface UpgradesCursor {
  after: string | null;
  decided: boolean;
}

export const PAGE_SIZE = 30;

const COLUMNS = `r.id, r.tenant_id AS "tenantId", r.plan, r.months, r.note, r.receipt_type AS "receiptType", r.state, r.reason,
  r.created_at AS "createdAt", r.decided_at AS "decidedAt"`;

const INSERT = `INSERT INTO upgrade_requests (id, tenant_id, asked_by, plan, months, note, receipt, receipt_type)
  VALUES ($1, $2, $3, $4::"PlanName", $5, $6, $7, $8) ON CONFLICT (tenant_id) WHERE state = 'open' DO NOTHING`;

const LIST = `SELECT ${COLUMNS}, t.name AS "tenantName", u.username AS "askedBy", u.id AS "ownerId"
  FROM upgrade_requests r JOIN tenants t ON t.id = r.tenant_id LEFT JOIN users u ON u.id = r.asked_by
  WHERE $1::uuid IS NULL OR (r.state <> 'open') > $2::bool OR ((r.state <> 'open') = $2 AND r.id < $1)
  ORDER BY r.state <> 'open', r.id DESC LIMIT ${PAGE_SIZE + 1}`;

// Of two admins one decides.
const DECIDE = `UPDATE upgrade_requests r SET state = $2::"UpgradeState", reason = $3, decided_by = $4, decided_at = $5
  WHERE r.id = $1 AND r.state = 'open'`;

/** Requests for a larger plan. Receipts are read one at a time, never in a list. */
export function createUpgradesRepo({ database: { sql } }: { database: Database }) {
  return {
    /** False: one is open already. */
    async insert(tenantId: string, { id, askedBy, plan, months, note, receipt, receiptType }: NewUpgrade): Promise<boolean> {
      return (await sql.query(INSERT, [id, tenantId, askedBy, plan, months, note, receipt, receiptType])).rowCount === 1;
    },

    /** A tenant's last request. */
    latest: async (tenantId: string): Promise<Upgrade | null> =>
      (
        await sql.query<Upgrade & Record<string, unknown>>(
          `SELECT ${COLUMNS} FROM upgrade_requests r WHERE r.tenant_id = $1 ORDER BY r.created_at DESC LIMIT 1`,
          [tenantId],
        )
      ).rows[0] ?? null,

    /** One page, the open ones first, then the newest, and one more when there is another page. */
    listAcrossTenants: async ({ after, decided }: UpgradesCursor): Promise<UpgradeLine[]> =>
      (await sql.query<UpgradeLine & Record<string, unknown>>(LIST, [after, decided])).rows,

    receiptAcrossTenants: async (id: string): Promise<{ receipt: Buffer; receiptType: ReceiptType } | null> =>
      (
        await sql.query<{ receipt: Buffer; receiptType: ReceiptType }>(
          'SELECT receipt, receipt_type AS "receiptType" FROM upgrade_requests WHERE id = $1',
          [id],
        )
      ).rows[0] ?? null,

    openAcrossTenants: async (id: string): Promise<Upgrade | null> =>
      (
        await sql.query<Upgrade & Record<string, unknown>>(
          `SELECT ${COLUMNS} FROM upgrade_requests r WHERE r.id = $1 AND r.state = 'open'`,
          [id],
        )
      ).rows[0] ?? null,

    /** False: somebody decided it already. In the caller's transaction, if there is one. */
    async decideAcrossTenants(id: string, { state, reason, decidedBy, at }: UpgradeDecision, tx: Sql = sql): Promise<boolean> {
      return (await tx.query(DECIDE, [id, state, reason, decidedBy, at])).rowCount === 1;
    },
  };
}

export type UpgradesRepo = ReturnType<typeof createUpgradesRepo>;
