import type { Receipt } from '#core/inbound-event.ts';
import type { Database } from '#platform/db/database.ts';

// A later word never takes an earlier one back; what failed for good stays failed.
const APPLY = `
  UPDATE broadcast_recipients r SET state = x.state::"RecipientState", reason = CASE WHEN x.state = 'failed' THEN x.reason ELSE r.reason END
  FROM unnest($2::text[], $3::text[], $4::text[]) AS x(external_id, state, reason)
  WHERE r.connection_id = $1 AND r.external_id = x.external_id AND (
    (x.state = 'failed' AND r.state IN ('sent', 'unconfirmed'))
    OR (x.state <> 'failed' AND array_position('{sent,delivered,read}', x.state) > array_position('{sent,delivered,read}', r.state::text)))`;

/** The platform's words on broadcasts' messages: delivered, read, failed. One for a message of another kind changes nothing. */
export function createBroadcastReceipts({ database }: { database: Database }) {
  return async function apply(connectionId: string, receipts: readonly Receipt[]): Promise<void> {
    // Of several words on one message in a delivery only one can be applied by a statement: the furthest.
    const rank = (state: Receipt['state']): number => ['sent', 'delivered', 'read', 'failed'].indexOf(state);
    const words = new Map<string, Receipt>();
    for (const receipt of receipts) {
      const externalId = receipt.externalId.replaceAll('\u0000', '').toWellFormed();
      const known = words.get(externalId);
      if (!known || rank(receipt.state) > rank(known.state)) words.set(externalId, receipt);
    }
    const list = [...words];
    if (list.length === 0) return;
    const columns = [list.map(([id]) => id), list.map(([, { state }]) => state), list.map(([, { reason }]) => reason ?? null)];
    await database.sql.query(APPLY, [connectionId, ...columns]);
  };
}
