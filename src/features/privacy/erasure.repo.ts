import { removeCustomer, removeCustomerMessages, removeOldMessagesAcrossTenants } from '#pipeline/erase.ts';
import type { Database } from '#platform/db/database.ts';

const RECIPIENTS = `DELETE FROM broadcast_recipients r USING broadcasts b
  WHERE b.id = r.broadcast_id AND b.tenant_id = $1 AND b.bot_id = $2 AND r.customer_id = $3 AND r.state NOT IN ('queued', 'sending')`;
// What is on its way to the customer, or would be, stays in the broadcast's sum, and without whom it was for: the runner leaves
// out whom it does not find.
const UNNAMED = `UPDATE broadcast_recipients r SET chat_id = '' FROM broadcasts b
  WHERE b.id = r.broadcast_id AND b.tenant_id = $1 AND b.bot_id = $2 AND r.customer_id = $3`;
/** Forgetting: one customer at their wish, and what is older than its bot keeps. In bounded steps. */
export function createErasureRepo({ database }: { database: Database }) {
  const { sql } = database;
  return {
    /** The customer of a conversation; null when there is none, or it is a group's. */
    async customerOf(tenantId: string, botId: string, conversationId: string): Promise<string | null> {
      const text = `SELECT customer_id AS id FROM conversations
        WHERE tenant_id = $1 AND bot_id = $2 AND id = $3 AND connection_id IS NOT NULL AND NOT is_group`;
      return (await sql.query<{ id: string | null }>(text, [tenantId, botId, conversationId])).rows[0]?.id ?? null;
    },

    /** Deletes the customer with every message; the count of broadcasts stays. */
    async erase(tenantId: string, botId: string, customerId: string): Promise<boolean> {
      const values = [tenantId, botId, customerId];
      await removeCustomerMessages(sql, { tenantId, botId, customerId });
      return database.inTransaction(async (tx) => {
        const removed = await removeCustomer(tx, { tenantId, botId, customerId });
        await tx.query(RECIPIENTS, values);
        await tx.query(UNNAMED, values);
        return removed;
      });
    },

    async setRetention(tenantId: string, botId: string, months: number | null): Promise<boolean> {
      const text = 'UPDATE bots SET retention_months = $3 WHERE tenant_id = $1 AND id = $2';
      return (await sql.query(text, [tenantId, botId, months])).rowCount === 1;
    },

    async retention(tenantId: string, botId: string): Promise<number | null> {
      const text = 'SELECT retention_months AS months FROM bots WHERE tenant_id = $1 AND id = $2';
      return (await sql.query<{ months: number | null }>(text, [tenantId, botId])).rows[0]?.months ?? null;
    },

    /** Deletes what is older than its bot keeps. Returns how many messages. */
    removeOldAcrossTenants: (now: Date): Promise<number> => removeOldMessagesAcrossTenants(sql, now),
  };
}

export type ErasureRepo = ReturnType<typeof createErasureRepo>;
