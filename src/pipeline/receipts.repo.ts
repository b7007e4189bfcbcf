import type { Receipt } from '#core/inbound-event.ts';
import { isConnectionWide } from '#core/reasons.ts';
import { storableText } from '#core/storable-text.ts';
import { createBatcher } from '#platform/batcher.ts';
import type { Database } from '#platform/db/database.ts';
import { retryOnConflict } from '#platform/db/retry.ts';
import { report, statement } from '#platform/db/statement.ts';

const applyAllReceipts = statement<{ receipts: string[] }, { item: number; id: number; status: string }>(
  import.meta.url,
  './statements/apply-receipts.sql',
);
const noteConnectionError = report<{ connectionId: string; reason: string }>(
  import.meta.url,
  './statements/note-connection-error.sql',
);

// The receipts of one message come within seconds of each other, and for many messages at once.
const BATCH = { spacingMs: 0, maxItems: 50 };

interface Delivery {
  connectionId: string;
  receipts: readonly Receipt[];
}

/**
 * Applies delivery receipts to our messages, with one statement for all that come together. A receipt for an unknown message
 * changes nothing. Returns the ids of the messages that failed. A failure of the whole connection is noted for its health card.
 */
export function createReceiptsRepo({ database }: { database: Database }) {
  const batch = createBatcher<Delivery, number[]>({ ...BATCH, flush: applyAll });

  async function applyAll(deliveries: Delivery[]): Promise<number[][]> {
    const receipts = deliveries.flatMap((delivery, item) => delivery.receipts.map((receipt) => toRow(receipt, delivery, item)));
    const rows = await retryOnConflict(() => applyAllReceipts(database.sql, { receipts }));
    const failed = rows.filter(({ status }) => status === 'failed');
    return deliveries.map((_, item) => failed.filter((row) => row.item === item).map(({ id }) => id));
  }

  return async (connectionId: string, receipts: readonly Receipt[]): Promise<number[]> => {
    const failed = await batch.add({ connectionId, receipts });
    const wide = receipts.find(({ state, reason }) => state === 'failed' && reason && isConnectionWide(reason));
    if (failed.length > 0 && wide?.reason) await noteConnectionError(database.sql, { connectionId, reason: wide.reason });
    return failed;
  };
}

export type ApplyReceipts = ReturnType<typeof createReceiptsRepo>;

const toRow = ({ externalId, chatIds, state, reason }: Receipt, { connectionId }: Delivery, item: number): string =>
  JSON.stringify({
    item,
    connection_id: connectionId,
    external_id: storableText(externalId),
    chat_ids: chatIds.map(storableText),
    state,
    reason: reason ?? null,
  });
