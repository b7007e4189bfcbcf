import type { Echo } from '#core/inbound-event.ts';
import { createBatcher } from '#platform/batcher.ts';
import type { Database } from '#platform/db/database.ts';

// Each of our messages on Instagram comes back: those of a moment are looked up together.
const BATCH = { spacingMs: 0, maxItems: 50 };
// Of a conversation: an echo comes within seconds.
const RECENT = 100;

type Known = Pick<Echo, 'externalId' | 'chatId'> & { connectionId: string };

/** Whether an echo is of a message that is kept already: of ours, of a broadcast, or of a person heard before. Changes nothing. */
export function createOwnEchoesRepo({ database }: { database: Database }) {
  async function lookUp(echoes: Known[]): Promise<boolean[]> {
    const values = [
      echoes.map(({ connectionId }) => connectionId),
      echoes.map(({ chatId }) => clean(chatId)),
      echoes.map(({ externalId }) => clean(externalId)),
    ];
    const { rows } = await database.sql.query<{ item: number }>({ name: 'own-echoes', text: OWN, values });
    const own = new Set(rows.map(({ item }) => item));
    return echoes.map((_, i) => own.has(i + 1));
  }
  const batch = createBatcher<Known, boolean>({ ...BATCH, flush: lookUp });
  return (connectionId: string, { externalId, chatId }: Echo): Promise<boolean> =>
    batch.add({ connectionId, externalId, chatId });
}

/** Postgres has no NUL in text, and half a surrogate pair is no text. */
const clean = (text: string): string => text.replaceAll('\u0000', '').slice(0, 256).toWellFormed();

const OWN = `
  SELECT e.item FROM unnest($1::uuid[], $2::text[], $3::text[]) WITH ORDINALITY AS e(connection_id, chat_id, external_id, item)
  WHERE (SELECT m.id FROM conversations c CROSS JOIN LATERAL (
      SELECT id, external_id FROM messages WHERE conversation_id = c.id AND direction = 'out' ORDER BY id DESC LIMIT ${RECENT}) m
    WHERE c.connection_id = e.connection_id AND c.chat_id = e.chat_id AND e.external_id = ANY(string_to_array(m.external_id, ','))
    LIMIT 1) IS NOT NULL
  OR (SELECT r.id FROM broadcast_recipients r
    WHERE r.connection_id = e.connection_id AND r.external_id = e.external_id LIMIT 1) IS NOT NULL`;
