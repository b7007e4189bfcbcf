import { LRUCache } from 'lru-cache';
import type { ChangedIds, MarketingChoice } from '#core/inbound-event.ts';
import type { InboundMessage } from '#core/message.ts';
import { cutStorableText } from '#core/storable-text.ts';
import type { Database, Sql } from '#platform/db/database.ts';
import { retryOnConflict } from '#platform/db/retry.ts';
import { report } from '#platform/db/statement.ts';
import { joinConversations } from './move-chat.ts';

interface Ids {
  connectionId: string;
  ids: string[];
}

const findCustomerId = report<Ids, { platformUserId: string }>(import.meta.url, './statements/find-customer-id.sql');
const changeCustomerIds = report<{
  connectionId: string;
  was: string[];
  platformUserId: string;
  otherId: string | null;
}>(import.meta.url, './statements/change-customer-ids.sql');
const customersByIds = report<Ids, { platformUserId: string; otherId: string | null }>(
  import.meta.url,
  './statements/customers-by-ids.sql',
);
const joinCustomers = report<{ connectionId: string; kept: string; gone: string }>(
  import.meta.url,
  './statements/join-customers.sql',
);
const setMarketingChoice = report<Ids & { out: boolean }>(import.meta.url, './statements/set-marketing-choice.sql');

const MAX_ID_CHARS = 256;
// Pairs of ids that are known to be one customer.
const MAX_PAIRS = 10_000;
const storableId = (id: string): string => cutStorableText(id, MAX_ID_CHARS);

/** The id that the customer is known by; the first one where nobody is. */
export async function knownIdOf(sql: Sql, connectionId: string, ids: string[]): Promise<string> {
  const [found] = await findCustomerId(sql, { connectionId, ids: ids.map(storableId) });
  return found?.platformUserId ?? storableId(ids[0] as string);
}

/** Customers by the ids that a platform gives them. */
export function createIdentitiesRepo({ database }: { database: Database }) {
  const { sql } = database;
  const pairs = new LRUCache<string, true>({ max: MAX_PAIRS });

  /** The first of them is kept, with the conversations of all. `sure`: whatever other ids they have. */
  async function join(connectionId: string, ids: string[], sure: boolean): Promise<void> {
    const [kept, ...others] = await customersByIds(sql, { connectionId, ids });
    if (!kept || others.length === 0) return;
    const isOne = sure || [kept, ...others].every(({ otherId }) => otherId === null || ids.includes(otherId));
    if (!isOne) return;
    for (const { platformUserId: gone } of others)
      await retryOnConflict(() =>
        database.inTransaction(async (tx) => {
          const chats = { keptChat: kept.platformUserId, goneChat: gone };
          await joinConversations(tx, { connectionId, leaseEpoch: null, ...chats });
          await joinCustomers(tx, { connectionId, kept: kept.platformUserId, gone });
        }),
      );
  }

  return {
    async change(connectionId: string, { was, platformUserId, otherId }: ChangedIds): Promise<void> {
      const before = was.map(storableId);
      const ids = { platformUserId: storableId(platformUserId), otherId: otherId ? storableId(otherId) : null };
      await retryOnConflict(() => changeCustomerIds(sql, { connectionId, was: before, ...ids }));
      await join(connectionId, [ids.platformUserId, ...(ids.otherId ? [ids.otherId] : []), ...before], true);
    },

    /** Who was known by a number and, as somebody else, by a user id, and now writes with both, is one customer. */
    async joinSenders(connectionId: string, messages: readonly InboundMessage[]): Promise<void> {
      for (const { sender } of messages) {
        if (sender.otherId === undefined) continue;
        const ids = [sender.platformUserId, sender.otherId].map(storableId);
        const key = [connectionId, ...ids].join(' ');
        if (pairs.has(key)) continue;
        await join(connectionId, ids, false);
        pairs.set(key, true);
      }
    },

    async choose(connectionId: string, { chatIds, out }: Pick<MarketingChoice, 'chatIds' | 'out'>): Promise<void> {
      await setMarketingChoice(sql, { connectionId, ids: chatIds.map(storableId), out });
    },
  };
}

export type IdentitiesRepo = ReturnType<typeof createIdentitiesRepo>;
