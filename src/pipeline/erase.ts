// Deletes messages, conversations and customers for other features: a removed connection, an erased customer, retention.
import type { Sql } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

// One cascade over a million messages would time out.
const BATCH = 2_000;

interface Removed {
  removed: number;
}

interface OfCustomer {
  tenantId: string;
  botId: string;
  customerId: string;
}

const connectionMessages = report<{ tenantId: string; botId: string; connectionId: string | null; batch: number }, Removed>(
  import.meta.url,
  './statements/remove-connection-messages.sql',
);
const customerMessages = report<OfCustomer & { batch: number }, Removed>(
  import.meta.url,
  './statements/remove-customer-messages.sql',
);
const customer = report<OfCustomer, { id: string }>(import.meta.url, './statements/remove-customer.sql');
const oldMessages = report<{ now: Date; batch: number }, Removed>(import.meta.url, './statements/remove-old-messages.sql');
const emptyConversations = report<{ now: Date }>(import.meta.url, './statements/remove-empty-conversations.sql');

async function inSteps(step: () => Promise<Removed[]>): Promise<number> {
  let total = 0;
  for (let removed = BATCH; removed === BATCH; total += removed) removed = (await step())[0]?.removed ?? 0;
  return total;
}

/** Deletes all messages of a connection, or of the whole bot when `connectionId` is null. */
export const removeConnectionMessages = (
  sql: Sql,
  of: { tenantId: string; botId: string; connectionId: string | null },
): Promise<number> => inSteps(() => connectionMessages(sql, { ...of, batch: BATCH }));

/** Deletes every message of one customer. Run it before `removeCustomer`, outside its transaction. */
export const removeCustomerMessages = (sql: Sql, of: OfCustomer): Promise<number> =>
  inSteps(() => customerMessages(sql, { ...of, batch: BATCH }));

/** Deletes the customer and their private conversations. False when there is no such customer. */
export const removeCustomer = async (sql: Sql, of: OfCustomer): Promise<boolean> => (await customer(sql, of)).length === 1;

/** Deletes what is older than its bot's retention. Returns the number of messages. */
export async function removeOldMessagesAcrossTenants(sql: Sql, now: Date): Promise<number> {
  const removed = await inSteps(() => oldMessages(sql, { now, batch: BATCH }));
  await emptyConversations(sql, { now });
  return removed;
}
