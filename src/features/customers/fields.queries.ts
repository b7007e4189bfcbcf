import { keyOf } from '#core/account-rules.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import { lockRow } from '#platform/db/row-lock.ts';

export interface FieldValue {
  customerId: string;
  name: string;
  value: string;
}

export const MAX_FIELDS = 30;

/** The owner of `customer_fields` and `customer_values`. */
export function createFieldsQueries({ database }: { database: Database }) {
  const { prisma } = database;
  return {
    /** The names in use, by name. */
    names: async (tenantId: string): Promise<string[]> =>
      (await prisma.customerField.findMany({ where: { tenantId }, select: { name: true }, orderBy: { nameKey: 'asc' } })).map(
        ({ name }) => name,
      ),

    async values(tenantId: string, customerIds: string[]): Promise<FieldValue[]> {
      const rows = await prisma.customerValue.findMany({
        where: { tenantId, customerId: { in: customerIds } },
        select: { customerId: true, value: true, field: { select: { name: true } } },
        orderBy: { field: { nameKey: 'asc' } },
      });
      return rows.flatMap(({ customerId, value, field }) => (field ? [{ customerId, value, name: field.name }] : []));
    },

    /** An empty value is none; a field that nobody has is gone. `full`: there are as many fields as there may be. */
    put: (tenantId: string, customerId: string, { name, value }: Omit<FieldValue, 'customerId'>): Promise<'done' | 'full'> =>
      database.transaction(async (tx) => {
        await lockRow(tx, 'tenant', tenantId);
        const nameKey = keyOf(name);
        const known = await tx.customerField.findFirst({ where: { tenantId, nameKey }, select: { id: true } });
        if (value === '') {
          if (known) await tx.customerValue.deleteMany({ where: { tenantId, customerId, fieldId: known.id } });
          await tx.customerField.deleteMany({ where: { tenantId, nameKey, values: { none: {} } } });
          return 'done';
        }
        if (!known && (await tx.customerField.count({ where: { tenantId } })) >= MAX_FIELDS) return 'full';
        const fieldId = known?.id ?? newId();
        if (!known) await tx.customerField.create({ data: { id: fieldId, tenantId, name, nameKey } });
        await tx.customerValue.deleteMany({ where: { tenantId, customerId, fieldId } });
        await tx.customerValue.create({ data: { tenantId, customerId, fieldId, value } });
        return 'done';
      }),
  };
}

export type FieldsQueries = ReturnType<typeof createFieldsQueries>;
