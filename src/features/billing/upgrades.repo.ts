import type { ReceiptType } from '#core/file-kind.ts';
import type { PlanName } from '#core/plans.ts';
import type { Database, Prisma } from '#platform/db/database.ts';
import { isWhole } from '#platform/db/related.ts';
import type { Transaction } from '#platform/db/row-lock.ts';

export interface Upgrade {
  id: string;
  tenantId: string;
  plan: PlanName;
  months: number;
  note: string;
  receiptType: ReceiptType;
  /** Null: the receipt can be downloaded. */
  receiptErasedAt: Date | null;
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
  reason: string;
  decidedBy: string;
  at: Date;
}

/** The last request of the previous page, and whether it was decided then. */
export interface UpgradesCursor {
  after: string | null;
  decided: boolean;
}

export const PAGE_SIZE = 30;

const UPGRADE = {
  id: true,
  tenantId: true,
  plan: true,
  months: true,
  note: true,
  receiptType: true,
  receiptErasedAt: true,
  state: true,
  reason: true,
  createdAt: true,
  decidedAt: true,
} as const;

/** Receipts are read one at a time, never in a list. */
export function createUpgradesRepo({ database: { prisma } }: { database: Database }) {
  async function lines(where: Prisma.UpgradeRequestWhereInput, take: number): Promise<UpgradeLine[]> {
    const select = { ...UPGRADE, askedBy: true, tenant: { select: { name: true } } };
    const rows = await prisma.upgradeRequest.findMany({ where, select, orderBy: { id: 'desc' }, take });
    const ids = rows.flatMap(({ askedBy }) => askedBy ?? []);
    const users = await prisma.user.findMany({ where: { id: { in: ids } }, select: { id: true, username: true } });
    const usernames = new Map(users.map(({ id, username }) => [id, username]));
    return rows
      .filter((row) => isWhole(row, 'tenant'))
      .map(({ tenant, askedBy, ...row }) => {
        const username = usernames.get(askedBy ?? '') ?? null;
        const ownerId = username === null ? null : askedBy;
        return { ...(row as Upgrade), tenantName: tenant.name, ownerId, askedBy: username };
      });
  }

  return {
    askedSince: (tenantId: string, since: Date): Promise<number> =>
      prisma.upgradeRequest.count({ where: { tenantId, createdAt: { gt: since } } }),

    /** False when one is already open: a unique index allows one per tenant. */
    async insert(tenantId: string, { receipt, ...upgrade }: NewUpgrade): Promise<boolean> {
      const row = { ...upgrade, tenantId, receipt: new Uint8Array(receipt) };
      return (await prisma.upgradeRequest.createMany({ data: [row], skipDuplicates: true })).count === 1;
    },

    latest: (tenantId: string): Promise<Upgrade | null> =>
      prisma.upgradeRequest.findFirst({
        where: { tenantId },
        select: UPGRADE,
        orderBy: { createdAt: 'desc' },
      }) as Promise<Upgrade | null>,

    /** One page, open ones first, then newest, and one line more when there is another page. */
    async listAcrossTenants({ after, decided }: UpgradesCursor): Promise<UpgradeLine[]> {
      const older = after === null ? {} : { id: { lt: after } };
      const amongDecided = after !== null && decided;
      const open = amongDecided ? [] : await lines({ state: 'open', ...older }, PAGE_SIZE + 1);
      const room = PAGE_SIZE + 1 - open.length;
      if (room === 0) return open;
      return [...open, ...(await lines({ state: { not: 'open' }, ...(amongDecided && older) }, room))];
    },

    async receiptAcrossTenants(id: string): Promise<{ receipt: Buffer; receiptType: ReceiptType } | null> {
      const where = { id, receiptErasedAt: null };
      const found = await prisma.upgradeRequest.findFirst({ where, select: { receipt: true, receiptType: true } });
      return found && { receipt: Buffer.from(found.receipt), receiptType: found.receiptType as ReceiptType };
    },

    /** The rows stay: who asked for which plan, and what was decided. */
    async eraseReceiptsAcrossTenants({ decidedBefore, at }: { decidedBefore: Date; at: Date }): Promise<void> {
      await prisma.upgradeRequest.updateMany({
        where: { decidedAt: { lt: decidedBefore }, receiptErasedAt: null },
        data: { receipt: new Uint8Array(), receiptErasedAt: at },
      });
    },

    openAcrossTenants: (id: string): Promise<Upgrade | null> =>
      prisma.upgradeRequest.findFirst({ where: { id, state: 'open' }, select: UPGRADE }) as Promise<Upgrade | null>,

    /** False when another admin decided first. Runs in the caller's transaction, if there is one. */
    async decideAcrossTenants(id: string, decision: UpgradeDecision, tx: Transaction = prisma): Promise<boolean> {
      const { state, reason, decidedBy, at } = decision;
      const data = { state, reason, decidedBy, decidedAt: at };
      return (await tx.upgradeRequest.updateMany({ where: { id, state: 'open' }, data })).count === 1;
    },
  };
}

export type UpgradesRepo = ReturnType<typeof createUpgradesRepo>;
