import { lockRow, type Transaction } from '#platform/db/row-lock.ts';

/** The quota of a tenant, in bytes of text. It keeps indexes and backups within one machine's capacity. */
export const MAX_TENANT_BYTES = 20 * 1024 * 1024;
/** Added to each entry's size, so that a million tiny entries use up the quota. */
export const ROW_BYTES = 500;
const NO_ENTRY = '00000000-0000-0000-0000-000000000000';

export interface Besides {
  tenantId: string;
  /** Not counted: they are about to be replaced. */
  textOf?: string;
  questionsOf?: string;
}

/** The bytes that are left for a tenant's entries and their questions. The lock orders two writers: the second counts the first. */
export async function roomBeside(tx: Transaction, maxTenantBytes: number, besides: Besides): Promise<number> {
  const { tenantId, textOf = NO_ENTRY, questionsOf = NO_ENTRY } = besides;
  await lockRow(tx, 'tenant', tenantId);
  // Prisma cannot sum bytes. octet_length and pg_column_size decompress no long text.
  const [used] = await tx.$queryRaw<{ bytes: bigint }[]>`
    SELECT (
      (SELECT coalesce(sum(octet_length(title) + octet_length(content) + ${ROW_BYTES}::int), 0)
       FROM knowledge_entries
       WHERE bot_id IN (SELECT id FROM bots WHERE tenant_id = ${tenantId}::uuid) AND id <> ${textOf}::uuid)
      + (SELECT coalesce(sum(pg_column_size(own) + pg_column_size(suggested) + pg_column_size(refused) + pg_column_size(summary)), 0)
         FROM entry_questions
         WHERE tenant_id = ${tenantId}::uuid AND entry_id <> ${questionsOf}::uuid)
    )::bigint AS bytes`;
  return maxTenantBytes - Number(used?.bytes ?? 0);
}
