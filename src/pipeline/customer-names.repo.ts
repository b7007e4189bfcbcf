import type { Database } from '#platform/db/database.ts';

const MAX_NAME_CHARS = 128;
const NAMELESS = 'tenant_id = $1 AND connection_id = $2 AND first_name IS NULL AND last_name IS NULL AND username IS NULL';

/** Customers whom we know by their id alone. */
export function createCustomerNamesRepo({ database: { sql } }: { database: Database }) {
  return {
    async nameless(tenantId: string, connectionId: string, chatIds: string[]): Promise<string[]> {
      const text = `SELECT platform_user_id AS id FROM customers WHERE ${NAMELESS} AND platform_user_id = ANY($3)`;
      return (await sql.query<{ id: string }>(text, [tenantId, connectionId, chatIds.map(clean)])).rows.map(({ id }) => id);
    },

    async save(
      tenantId: string,
      connectionId: string,
      chatId: string,
      { firstName, username }: { firstName?: string; username?: string },
    ): Promise<void> {
      const text = `UPDATE customers SET first_name = $4, username = $5 WHERE ${NAMELESS} AND platform_user_id = $3`;
      const names = [firstName, username].map((name) => (name ? clean(name).slice(0, MAX_NAME_CHARS).toWellFormed() : null));
      await sql.query(text, [tenantId, connectionId, clean(chatId), ...names]);
    },
  };
}

export type CustomerNamesRepo = ReturnType<typeof createCustomerNamesRepo>;

/** Postgres has no NUL in text, and half a surrogate pair is no text. */
const clean = (text: string): string => text.replaceAll('\u0000', '').toWellFormed();
