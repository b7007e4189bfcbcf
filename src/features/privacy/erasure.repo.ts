import type { BroadcastsApi } from '#features/broadcasts/feature.ts';
import { removeCustomer, removeCustomerMessages, removeOldMessagesAcrossTenants } from '#pipeline/erase.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

export interface ErasureDeps {
  database: Database;
  broadcasts: Pick<BroadcastsApi, 'forgetCustomer'>;
}

interface OfCustomer {
  id: string;
  tenantId: string;
  botId: string;
}

const MOST_AT_ONCE = 100;
const customersToForget = report<{ now: Date; most: number }, OfCustomer>(
  import.meta.url,
  './statements/customers-to-forget.sql',
);

/** Erasure of one customer, and of messages older than their bot's retention. In bounded steps. */
export function createErasureRepo({ database, broadcasts }: ErasureDeps) {
  const { sql, prisma } = database;
  return {
    /** Null when there is none, or the conversation is a group. */
    async customerOf(tenantId: string, botId: string, conversationId: string): Promise<string | null> {
      const where = { tenantId, botId, id: conversationId, connectionId: { not: null }, isGroup: false };
      return (await prisma.conversation.findFirst({ where, select: { customerId: true } }))?.customerId ?? null;
    },

    /** The totals of broadcasts stay. Several statements, because a customer may have too many messages for one transaction. */
    async erase(tenantId: string, botId: string, customerId: string): Promise<boolean> {
      await removeCustomerMessages(sql, { tenantId, botId, customerId });
      return database.inTransaction(async (tx) => {
        const removed = await removeCustomer(tx, { tenantId, botId, customerId });
        await broadcasts.forgetCustomer(tx, { tenantId, botId, customerId });
        return removed;
      });
    },

    /** Those who asked for it themselves and have got the answer. */
    toForgetAcrossTenants: (now: Date): Promise<OfCustomer[]> => customersToForget(sql, { now, most: MOST_AT_ONCE }),

    /** Returns the number of deleted messages. */
    removeOldAcrossTenants: (now: Date): Promise<number> => removeOldMessagesAcrossTenants(sql, now),
  };
}

export type ErasureRepo = ReturnType<typeof createErasureRepo>;
