import { Prisma } from './generated/client.ts';

/** The client of a running transaction. On the embedded database, use nothing else until the transaction ends. */
export type Transaction = Prisma.TransactionClient;

// FOR NO KEY UPDATE: rows that refer to the locked one can still be inserted by others.
const LOCKS = {
  tenant: (id: string) => Prisma.sql`SELECT id FROM tenants WHERE id = ${id}::uuid FOR NO KEY UPDATE`,
  user: (id: string) => Prisma.sql`SELECT id FROM users WHERE id = ${id}::uuid FOR NO KEY UPDATE`,
  bot: (id: string) => Prisma.sql`SELECT id FROM bots WHERE id = ${id}::uuid FOR NO KEY UPDATE`,
} satisfies Record<string, (id: string) => Prisma.Sql>;

/**
 * Locks one row until the transaction ends; false when there is no such row. Others who lock it wait, and then read what
 * this transaction wrote. The lock says nothing about whose row it is: read it by tenant id afterwards.
 */
export const lockRow = async (tx: Transaction, of: keyof typeof LOCKS, id: string): Promise<boolean> =>
  (await tx.$queryRaw<unknown[]>(LOCKS[of](id))).length === 1;

/** Locks all active admins in the order of their ids, so that two who leave at once take turns. Returns their ids. */
export async function lockAdminsAcrossTenants(tx: Transaction): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM users WHERE is_admin AND suspended_at IS NULL ORDER BY id FOR NO KEY UPDATE`;
  return rows.map(({ id }) => id);
}
