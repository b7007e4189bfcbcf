import { Prisma } from './generated/client.ts';

export type Transaction = Prisma.TransactionClient;

// FOR NO KEY UPDATE: other transactions can still insert rows that refer to the locked one.
const LOCKS = {
  tenant: (id: string) => Prisma.sql`SELECT id FROM tenants WHERE id = ${id}::uuid FOR NO KEY UPDATE`,
  user: (id: string) => Prisma.sql`SELECT id FROM users WHERE id = ${id}::uuid FOR NO KEY UPDATE`,
  bot: (id: string) => Prisma.sql`SELECT id FROM bots WHERE id = ${id}::uuid FOR NO KEY UPDATE`,
  import: (id: string) => Prisma.sql`SELECT id FROM knowledge_imports WHERE id = ${id}::uuid FOR NO KEY UPDATE`,
} satisfies Record<string, (id: string) => Prisma.Sql>;

/** False when there is no such row. It checks no tenant: read by tenant id afterwards. */
export const lockRow = async (tx: Transaction, of: keyof typeof LOCKS, id: string): Promise<boolean> =>
  (await tx.$queryRaw<unknown[]>(LOCKS[of](id))).length === 1;

/** The time of `database.now`, inside a transaction. */
export async function nowIn(tx: Transaction): Promise<Date> {
  const [row] = await tx.$queryRaw<{ now: Date }[]>`SELECT now()`;
  return row?.now as Date;
}

/** In the order of their ids, so that two who leave at once take turns. */
export async function lockAdminsAcrossTenants(tx: Transaction): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM users WHERE is_admin AND suspended_at IS NULL ORDER BY id FOR NO KEY UPDATE`;
  return rows.map(({ id }) => id);
}
