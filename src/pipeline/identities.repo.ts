import type { ChangedIds, MarketingChoice } from '#core/inbound-event.ts';
import { cutStorableText } from '#core/storable-text.ts';
import type { Database, Sql } from '#platform/db/database.ts';
import { retryOnConflict } from '#platform/db/retry.ts';
import { report } from '#platform/db/statement.ts';

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
const setMarketingChoice = report<Ids & { out: boolean }>(import.meta.url, './statements/set-marketing-choice.sql');

const MAX_ID_CHARS = 256;
const storableId = (id: string): string => cutStorableText(id, MAX_ID_CHARS);

/** The id that the customer is known by; the first one where nobody is. */
export async function knownIdOf(sql: Sql, connectionId: string, ids: string[]): Promise<string> {
  const [found] = await findCustomerId(sql, { connectionId, ids: ids.map(storableId) });
  return found?.platformUserId ?? storableId(ids[0] as string);
}

/** Customers by the ids that a platform gives them. */
export function createIdentitiesRepo({ database: { sql } }: { database: Database }) {
  return {
    async change(connectionId: string, { was, platformUserId, otherId }: ChangedIds): Promise<void> {
      const ids = { platformUserId: storableId(platformUserId), otherId: otherId ? storableId(otherId) : null };
      await retryOnConflict(() => changeCustomerIds(sql, { connectionId, was: was.map(storableId), ...ids }));
    },

    async choose(connectionId: string, { chatIds, out }: Pick<MarketingChoice, 'chatIds' | 'out'>): Promise<void> {
      await setMarketingChoice(sql, { connectionId, ids: chatIds.map(storableId), out });
    },
  };
}

export type IdentitiesRepo = ReturnType<typeof createIdentitiesRepo>;
