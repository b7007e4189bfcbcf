import type { Echo } from '#core/inbound-event.ts';
import { NEXT_EPOCH_SQL, SILENCE_MINUTES } from '#core/silence.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Database, Sql } from '#platform/db/database.ts';
import type { WebhookConnection } from './webhook-connections.repo.ts';

const RECENT = 100;
const MAX_TEXT_CHARS = 8_000;

/**
 * Keeps what the business itself sent. Our own message coming back is known by its id, or while it is on its way by its words,
 * since the echo may overtake the platform's answer; it changes nothing. Anything else is a person answering in the app: it
 * is kept, what waited counts as answered, and the bot is silent for a while. Gives the ids of the messages that waited.
 */
export function createEchoesRepo({ database }: { database: Database }) {
  return (connection: WebhookConnection, echo: Echo): Promise<number[]> =>
    database.inTransaction(async (tx) => {
      const chatId = clean(echo.chatId, 256);
      const { rows } = await tx.query<{ id: string }>(
        'SELECT id FROM conversations WHERE connection_id = $1 AND chat_id = $2 FOR UPDATE',
        [connection.id, chatId],
      );
      if (rows[0] && (await isOurs(tx, rows[0].id, echo))) return [];
      if (await isBroadcast(tx, connection.id, chatId, echo.externalId)) return [];
      const conversationId = await silence(tx, connection, chatId);
      await keep(tx, conversationId, echo);
      const answered = await tx.query<{ id: number }>(
        `UPDATE messages SET status = 'answered' WHERE conversation_id = $1 AND direction = 'in' AND status IN ('received', 'for_person') RETURNING id`,
        [conversationId],
      );
      return answered.rows.map(({ id }) => id);
    });
}

export type KeepEcho = ReturnType<typeof createEchoesRepo>;

interface Sent {
  externalId: string | null;
  status: string;
  text: string;
  mode: string | null;
}

/** Its id is not known yet, or never will be. */
const UNDER_WAY = ['pending', 'sending', 'failed', 'unconfirmed'];
// Nobody types so many letters of the bot's by chance.
const MANY_LETTERS = 40;

async function isOurs(tx: Sql, conversationId: string, echo: Echo): Promise<boolean> {
  const { rows } = await tx.query<Sent>(
    `SELECT external_id AS "externalId", status, text, mode FROM messages WHERE conversation_id = $1 AND direction = 'out'
     ORDER BY id DESC LIMIT ${RECENT}`,
    [conversationId],
  );
  return rows.some(
    ({ externalId, status, text, mode }) =>
      externalId?.split(',').includes(echo.externalId) ||
      (UNDER_WAY.includes(status) && contains(text, echo.text)) ||
      // A process that died while sending sends again: the first one's echo comes late, under an id that nobody kept.
      (mode !== 'person' && isSame(text, echo.text)),
  );
}

const lettersOf = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');

/** The echo may be a part of it, without the marks that the channel does not show. */
function contains(text: string, part: string): boolean {
  const letters = lettersOf(part);
  return letters === '' ? part !== '' && text.includes(part.trim()) : lettersOf(text).includes(letters);
}

/** The same words, or a long part of them. */
const isSame = (text: string, part: string): boolean =>
  lettersOf(part) !== '' &&
  (lettersOf(text) === lettersOf(part) || (lettersOf(part).length >= MANY_LETTERS && contains(text, part)));

async function isBroadcast(tx: Sql, connectionId: string, chatId: string, externalId: string): Promise<boolean> {
  const { rows } = await tx.query(
    `SELECT 1 FROM broadcast_recipients WHERE connection_id = $1 AND (external_id = $2 OR (chat_id = $3 AND state = 'sending')) LIMIT 1`,
    [connectionId, clean(externalId, 256), chatId],
  );
  return rows.length > 0;
}

/** The customer may be new: the business wrote first. The epoch locks out whoever is making a reply just now. */
async function silence(tx: Sql, { id, tenantId, botId }: WebhookConnection, chatId: string): Promise<string> {
  const customer = await tx.query<{ id: string }>(
    `INSERT INTO customers (id, tenant_id, bot_id, connection_id, platform_user_id) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (connection_id, platform_user_id) DO UPDATE SET platform_user_id = excluded.platform_user_id RETURNING id`,
    [newId(), tenantId, botId, id, chatId],
  );
  const conversation = await tx.query<{ id: string }>(
    `INSERT INTO conversations AS c (id, tenant_id, bot_id, connection_id, customer_id, chat_id, silenced_until)
     VALUES ($1, $2, $3, $4, $5, $6, now() + interval '${SILENCE_MINUTES} minutes')
     ON CONFLICT (connection_id, chat_id) DO UPDATE SET silenced_until = excluded.silenced_until, last_message_at = now(),
       needs_person_at = NULL, needs_person_why = NULL, work_epoch = ${NEXT_EPOCH_SQL}
     RETURNING id`,
    [newId(), tenantId, botId, id, customer.rows[0]?.id, chatId],
  );
  return conversation.rows[0]?.id as string;
}

/** Looked for once more: two deliveries of one echo may have met at the conversation's row. */
async function keep(tx: Sql, conversationId: string, { externalId, messageKind, text, attachment }: Echo): Promise<void> {
  await tx.query(
    `INSERT INTO messages (tenant_id, conversation_id, connection_id, customer_id, direction, external_id, kind, text, attachment,
       status, mode, sent_at)
     SELECT tenant_id, id, connection_id, customer_id, 'out', $2, $3, $4, $5, 'sent', 'person', now() FROM conversations
     WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM messages WHERE conversation_id = $1 AND direction = 'out' AND external_id = $2)`,
    [
      conversationId,
      clean(externalId, 256),
      messageKind,
      clean(text, MAX_TEXT_CHARS),
      attachment ? JSON.stringify(attachment) : null,
    ],
  );
}

/** Postgres has no NUL in text, and half a surrogate pair is no text. */
const clean = (text: string, max: number): string => text.replaceAll('\u0000', '').slice(0, max).toWellFormed();
