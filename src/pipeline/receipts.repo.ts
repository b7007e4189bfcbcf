import type { Receipt } from '#core/inbound-event.ts';
import { isConnectionWide } from '#core/reasons.ts';
import { createBatcher } from '#platform/batcher.ts';
import type { Database } from '#platform/db/database.ts';
import { retryOnConflict } from '#platform/db/retry.ts';

// Of a conversation; what is older gets no more words from the platform.
const RECENT = 100;

// Words on one message come within seconds of each other, and on many messages at once.
const BATCH = { spacingMs: 0, maxItems: 50 };

interface Words {
  connectionId: string;
  receipts: readonly Receipt[];
}

/**
 * Writes the platform's words on our messages: one statement for all that come at once. No word takes a later one back,
 * whatever the order they come in; one for a message we do not know changes nothing. Gives the ids of those that turned out
 * to have failed; why, when it is about the whole connection, is noted for its health card.
 */
export function createReceiptsRepo({ database }: { database: Database }) {
  const batch = createBatcher<Words, number[]>({ ...BATCH, flush: applyAll });

  async function applyAll(deliveries: Words[]): Promise<number[][]> {
    const rows = deliveries.flatMap(({ connectionId, receipts }, item) =>
      receipts.map(({ externalId, chatIds, state, reason }) =>
        JSON.stringify({
          item,
          connection_id: connectionId,
          external_id: clean(externalId),
          chat_ids: chatIds.map(clean),
          state,
          reason: reason ?? null,
        }),
      ),
    );
    const query = { name: 'apply-receipts', text: APPLY, values: [rows] };
    const result = await retryOnConflict(() => database.sql.query<{ item: number; id: number; status: string }>(query));
    const failed = result.rows.filter(({ status }) => status === 'failed');
    return deliveries.map((_, item) => failed.filter((row) => row.item === item).map(({ id }) => id));
  }

  return async (connectionId: string, receipts: readonly Receipt[]): Promise<number[]> => {
    const failed = await batch.add({ connectionId, receipts });
    const wide = receipts.find(({ state, reason }) => state === 'failed' && reason && isConnectionWide(reason));
    if (failed.length > 0 && wide) {
      const text = 'UPDATE connections SET last_error = $2, last_error_at = now() WHERE id = $1';
      await database.sql.query(text, [connectionId, wide.reason]);
    }
    return failed;
  };
}

export type ApplyReceipts = ReturnType<typeof createReceiptsRepo>;

/** Postgres has no NUL in text, and half a surrogate pair is no text. */
const clean = (text: string): string => text.replaceAll('\u0000', '').toWellFormed();

// What is being sent is its worker's; what it gave up for good stays so. What is looked up stays a look-up by index, whatever
// the planner believes.
const APPLY = `
  WITH word AS (
    SELECT x.* FROM unnest($1::json[]) AS row CROSS JOIN LATERAL json_to_record(row)
      AS x(item int, connection_id uuid, external_id text, chat_ids text[], state text, reason text)),
  found AS (
    SELECT DISTINCT ON (m.id) m.id, w.item, w.state, w.reason
    FROM word w CROSS JOIN LATERAL unnest(w.chat_ids) AS chat(id)
      CROSS JOIN LATERAL (SELECT id FROM conversations WHERE connection_id = w.connection_id AND chat_id = chat.id LIMIT 1) c
      CROSS JOIN LATERAL (
        SELECT id, external_id FROM messages WHERE conversation_id = c.id AND direction = 'out' ORDER BY id DESC LIMIT ${RECENT}) m
    WHERE w.external_id = ANY(string_to_array(m.external_id, ','))
    ORDER BY m.id, array_position('{sent,failed,delivered,read}', w.state) DESC)
  UPDATE messages m SET status = f.state::"MessageStatus", reason = CASE f.state WHEN 'failed' THEN f.reason ELSE m.reason END
  FROM found f
  WHERE m.id = f.id AND CASE f.state
    WHEN 'failed' THEN m.status IN ('unconfirmed', 'sent')
    ELSE array_position('{unconfirmed,sent,delivered,read}', f.state) > array_position('{unconfirmed,sent,delivered,read}', m.status::text) END
  RETURNING f.item, m.id, m.status`;
