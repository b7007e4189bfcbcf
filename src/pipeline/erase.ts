// Deletions for other features: a removed connection, an erased customer, retention.
import { DAY_MS } from '#core/durations.ts';
import type { Database, Sql } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

// One cascade over a million messages would time out.
const BATCH = 2_000;
const SETTLED_KEPT_MS = 30 * DAY_MS;

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

/** `connectionId` null: the whole bot. */
export const removeConnectionMessages = (
  sql: Sql,
  of: { tenantId: string; botId: string; connectionId: string | null },
): Promise<number> => inSteps(() => connectionMessages(sql, { ...of, batch: BATCH }));

/** Run it before `removeCustomer`, outside its transaction. */
export const removeCustomerMessages = (sql: Sql, of: OfCustomer): Promise<number> =>
  inSteps(() => customerMessages(sql, { ...of, batch: BATCH }));

/** Also deletes private conversations. False when there is no such customer. */
export const removeCustomer = async (sql: Sql, of: OfCustomer): Promise<boolean> => (await customer(sql, of)).length === 1;

/** Returns the number of messages. */
export async function removeOldMessagesAcrossTenants(sql: Sql, now: Date): Promise<number> {
  const removed = await inSteps(() => oldMessages(sql, { now, batch: BATCH }));
  await emptyConversations(sql, { now });
  return removed;
}

/** Drops held questions that are too old to be answered, and deletes those settled a month ago. */
export async function dropLateQuestionsAcrossTenants({ prisma }: Pick<Database, 'prisma'>, now: Date): Promise<void> {
  await prisma.keptQuestion.updateMany({
    where: { state: 'waiting', answerUntil: { lte: now } },
    data: { state: 'dropped', reason: 'too_old', settledAt: now },
  });
  await prisma.keptQuestion.deleteMany({ where: { settledAt: { lt: new Date(now.getTime() - SETTLED_KEPT_MS) } } });
}
