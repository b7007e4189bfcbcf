import type { Receipt } from '#core/inbound-event.ts';
import { createBatcher } from '#platform/batcher.ts';
import type { Database } from '#platform/db/database.ts';
import { retryOnConflict } from '#platform/db/retry.ts';

// A later word never takes an earlier one back; what failed for good stays failed. By index, whatever the planner believes.
const APPLY = `
  UPDATE broadcast_recipients r SET state = x.state::"RecipientState", reason = CASE WHEN x.state = 'failed' THEN x.reason ELSE r.reason END
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS x(connection_id, external_id, state, reason)
    CROSS JOIN LATERAL (
      SELECT id FROM broadcast_recipients WHERE connection_id = x.connection_id AND external_id = x.external_id LIMIT 1) found
  WHERE r.id = found.id AND (
    (x.state = 'failed' AND r.state IN ('sent', 'unconfirmed'))
    OR (x.state <> 'failed' AND array_position('{sent,delivered,read}', x.state) > array_position('{sent,delivered,read}', r.state::text)))`;

// Words on many messages come at once: one statement for all of them.
const BATCH = { spacingMs: 0, maxItems: 50 };

interface Words {
  connectionId: string;
  receipts: readonly Receipt[];
}

/** The platform's words on broadcasts' messages: delivered, read, failed. One for a message of another kind changes nothing. */
export function createBroadcastReceipts({ database }: { database: Database }) {
  async function applyAll(deliveries: Words[]): Promise<null[]> {
    const list = furthest(deliveries);
    const values = [
      list.map(({ connectionId }) => connectionId),
      list.map(({ externalId }) => externalId),
      list.map(({ state }) => state),
      list.map(({ reason }) => reason ?? null),
    ];
    await retryOnConflict(() => database.sql.query({ name: 'broadcast-receipts', text: APPLY, values }));
    return deliveries.map(() => null);
  }
  const batch = createBatcher<Words, null>({ ...BATCH, flush: applyAll });

  return async function apply(connectionId: string, receipts: readonly Receipt[]): Promise<void> {
    if (receipts.length > 0) await batch.add({ connectionId, receipts });
  };
}

const RANK: Receipt['state'][] = ['sent', 'delivered', 'read', 'failed'];

/** Of several words on one message only one can be applied by a statement: the furthest. */
function furthest(deliveries: Words[]): (Receipt & { connectionId: string })[] {
  const words = new Map<string, Receipt & { connectionId: string }>();
  for (const { connectionId, receipts } of deliveries) {
    for (const receipt of receipts) {
      const externalId = receipt.externalId.replaceAll('\u0000', '').toWellFormed();
      const key = `${connectionId} ${externalId}`;
      const known = words.get(key);
      if (!known || RANK.indexOf(receipt.state) > RANK.indexOf(known.state))
        words.set(key, { ...receipt, externalId, connectionId });
    }
  }
  return [...words.values()];
}
