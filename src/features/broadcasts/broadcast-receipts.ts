import type { Receipt } from '#core/inbound-event.ts';
import { storableText } from '#core/storable-text.ts';
import { createBatcher } from '#platform/batcher.ts';
import type { Database } from '#platform/db/database.ts';
import { retryOnConflict } from '#platform/db/retry.ts';
import { statement } from '#platform/db/statement.ts';

const applyReceipts = statement<{
  connectionIds: string[];
  externalIds: string[];
  states: string[];
  reasons: (string | null)[];
}>(import.meta.url, './statements/apply-broadcast-receipts.sql');

// Receipts arrive in bursts: one statement for all of them.
const BATCH = { spacingMs: 0, maxItems: 50 };

interface Words {
  connectionId: string;
  receipts: readonly Receipt[];
}

/** A receipt for another kind of message changes nothing. */
export function createBroadcastReceipts({ database }: { database: Database }) {
  async function applyAll(deliveries: Words[]): Promise<null[]> {
    const list = furthest(deliveries);
    const params = {
      connectionIds: list.map(({ connectionId }) => connectionId),
      externalIds: list.map(({ externalId }) => externalId),
      states: list.map(({ state }) => state),
      reasons: list.map(({ reason }) => reason ?? null),
    };
    await retryOnConflict(() => applyReceipts(database.sql, params));
    return deliveries.map(() => null);
  }
  const batch = createBatcher<Words, null>({ ...BATCH, flush: applyAll });

  return async function apply(connectionId: string, receipts: readonly Receipt[]): Promise<void> {
    if (receipts.length > 0) await batch.add({ connectionId, receipts });
  };
}

const RANK: Receipt['state'][] = ['sent', 'delivered', 'read', 'failed'];

/** A statement applies one receipt per message: the furthest. */
function furthest(deliveries: Words[]): (Receipt & { connectionId: string })[] {
  const words = new Map<string, Receipt & { connectionId: string }>();
  for (const { connectionId, receipts } of deliveries) {
    for (const receipt of receipts) {
      const externalId = storableText(receipt.externalId);
      const key = `${connectionId} ${externalId}`;
      const known = words.get(key);
      if (!known || RANK.indexOf(receipt.state) > RANK.indexOf(known.state))
        words.set(key, { ...receipt, externalId, connectionId });
    }
  }
  return [...words.values()];
}
