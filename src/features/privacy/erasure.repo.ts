import type { Database } from '#platform/db/database.ts';

const BATCH = 2_000;

// The customer's conversations are theirs alone, except groups: there only what the customer wrote goes, with the answers to it.
const MESSAGES = `DELETE FROM messages WHERE id IN (
  SELECT m.id FROM messages m JOIN conversations c ON c.id = m.conversation_id
  WHERE m.tenant_id = $1 AND c.bot_id = $2 AND (
    (c.customer_id = $3 AND NOT c.is_group) OR m.customer_id = $3
    OR m.reply_to_id IN (SELECT q.id FROM messages q WHERE q.conversation_id = m.conversation_id AND q.customer_id = $3))
  LIMIT ${BATCH})`;
const CONVERSATIONS = 'DELETE FROM conversations WHERE tenant_id = $1 AND bot_id = $2 AND customer_id = $3 AND NOT is_group';
const RECIPIENTS = `DELETE FROM broadcast_recipients r USING broadcasts b
  WHERE b.id = r.broadcast_id AND b.tenant_id = $1 AND b.bot_id = $2 AND r.customer_id = $3 AND r.state NOT IN ('queued', 'sending')`;
// What is on its way to the customer, or would be, stays in the broadcast's sum, and without whom it was for: the runner leaves
// out whom it does not find.
const UNNAMED = `UPDATE broadcast_recipients r SET chat_id = '' FROM broadcasts b
  WHERE b.id = r.broadcast_id AND b.tenant_id = $1 AND b.bot_id = $2 AND r.customer_id = $3`;
const CUSTOMER = 'DELETE FROM customers WHERE tenant_id = $1 AND bot_id = $2 AND id = $3';

const OLD = `DELETE FROM messages WHERE id IN (
  SELECT m.id FROM bots b JOIN conversations c ON c.bot_id = b.id JOIN messages m ON m.conversation_id = c.id
  WHERE b.retention_months IS NOT NULL AND m.created_at < $1::timestamptz - b.retention_months * interval '1 month'
    AND m.status NOT IN ('received', 'pending', 'sending')
  LIMIT ${BATCH})`;
const EMPTY = `DELETE FROM conversations c USING bots b
  WHERE b.id = c.bot_id AND b.retention_months IS NOT NULL AND c.last_message_at < $1::timestamptz - b.retention_months * interval '1 month'
    AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id)`;

/** Forgetting: one customer at their wish, and what is older than its bot keeps. In bounded steps. */
export function createErasureRepo({ database }: { database: Database }) {
  const { sql } = database;
  async function inSteps(text: string, values: unknown[]): Promise<number> {
    let total = 0;
    for (let removed = BATCH; removed === BATCH; total += removed) removed = (await sql.query(text, values)).rowCount ?? 0;
    return total;
  }

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
      await inSteps(MESSAGES, values);
      return database.inTransaction(async (tx) => {
        await tx.query(CONVERSATIONS, values);
        const { rowCount } = await tx.query(CUSTOMER, values);
        await tx.query(RECIPIENTS, values);
        await tx.query(UNNAMED, values);
        return rowCount === 1;
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
    async removeOldAcrossTenants(now: Date): Promise<number> {
      const removed = await inSteps(OLD, [now]);
      await sql.query(EMPTY, [now]);
      return removed;
    },
  };
}

export type ErasureRepo = ReturnType<typeof createErasureRepo>;
