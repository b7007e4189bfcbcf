import type { Echo } from '#core/inbound-event.ts';
import { SILENCE_MINUTES } from '#core/silence.ts';
import { cutStorableText } from '#core/storable-text.ts';
import { shownText } from '#core/words/message-parts.ts';
import { createBatcher } from '#platform/batcher.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Database, Sql } from '#platform/db/database.ts';
import { report, statement } from '#platform/db/statement.ts';
import { knownIdOf } from './identities.repo.ts';
import type { WebhookConnection } from './webhook-connections.repo.ts';
import { takeWorkAway } from './work.ts';

interface Chat {
  connectionId: string;
  chatId: string;
}
interface Id {
  id: string;
}
interface Sent {
  externalId: string | null;
  status: string;
  text: string;
  mode: string | null;
}
type NewCustomer = Chat & { id: string; tenantId: string; botId: string };
interface StoredEcho {
  conversationId: string;
  externalId: string;
  kind: string;
  text: string;
  attachment: string | null;
}

const ownEchoes = statement<{ connectionIds: string[]; chatIds: string[]; externalIds: string[] }, { item: number }>(
  import.meta.url,
  './statements/own-echoes.sql',
);
const lockConversation = report<Chat, Id>(import.meta.url, './statements/lock-echoed-conversation.sql');
const recentSentMessages = report<{ conversationId: string }, Sent>(import.meta.url, './statements/recent-sent-messages.sql');
const isBroadcastEcho = report<Chat & { externalId: string }, { found: number }>(
  import.meta.url,
  './statements/is-broadcast-echo.sql',
);
const addCustomer = report<NewCustomer, Id>(import.meta.url, './statements/add-echoed-customer.sql');
const silenceConversation = report<NewCustomer & { customerId: string; silenceMinutes: number }, Id>(
  import.meta.url,
  './statements/silence-echoed-conversation.sql',
);
const storeEcho = report<StoredEcho>(import.meta.url, './statements/store-echo.sql');
const answerWaitingMessages = report<{ conversationId: string }>(import.meta.url, './statements/answer-waiting-messages.sql');

const MAX_ID_CHARS = 256;
const MAX_TEXT_CHARS = 8_000;
// Instagram echoes each of our messages; concurrent echoes share one look-up.
const BATCH = { spacingMs: 0, maxItems: 50 };

type Known = Pick<Echo, 'externalId' | 'chatId'> & { connectionId: string };

export function createEchoesRepo({ database }: { database: Database }) {
  async function areOwn(echoes: Known[]): Promise<boolean[]> {
    const rows = await ownEchoes(database.sql, {
      connectionIds: echoes.map(({ connectionId }) => connectionId),
      chatIds: echoes.map(({ chatId }) => storableId(chatId)),
      externalIds: echoes.map(({ externalId }) => storableId(externalId)),
    });
    const own = new Set(rows.map(({ item }) => item));
    return echoes.map((_, i) => own.has(i + 1));
  }
  const batch = createBatcher<Known, boolean>({ ...BATCH, flush: areOwn });

  return {
    /** Whether the message is stored already: sent by us, by a broadcast, or by a person. Changes nothing. */
    isOwn: (connectionId: string, { externalId, chatId }: Echo): Promise<boolean> =>
      batch.add({ connectionId, externalId, chatId }),

    // Ignores echoes of our own sends, matched by id, or by text while the id is not known yet. Any other echo is a person in the
    // platform's app: waiting messages count as answered and the bot is silent.
    store: (connection: WebhookConnection, echo: Echo): Promise<void> =>
      database.inTransaction(async (tx) => {
        const chatId = await knownIdOf(tx, connection.id, [echo.chatId, ...(echo.otherIds ?? [])]);
        const chat = { connectionId: connection.id, chatId };
        const externalId = storableId(echo.externalId);
        const [found] = await lockConversation(tx, chat);
        if (found && (await isOurs(tx, found.id, echo))) return;
        if ((await isBroadcastEcho(tx, { ...chat, externalId })).length > 0) return;
        const conversationId = await silence(tx, connection, chat);
        await takeWorkAway(tx, { conversationId });
        await storeEcho(tx, {
          conversationId,
          externalId,
          kind: echo.messageKind,
          text: cutStorableText(echo.text, MAX_TEXT_CHARS),
          attachment: echo.attachment ? JSON.stringify(echo.attachment) : null,
        });
        await answerWaitingMessages(tx, { conversationId });
      }),
  };
}

export type EchoesRepo = ReturnType<typeof createEchoesRepo>;

const storableId = (id: string): string => cutStorableText(id, MAX_ID_CHARS);

// Messages whose external id is not known yet, or never will be.
const WITHOUT_ID = ['pending', 'sending', 'failed', 'unconfirmed'];
// A person does not type this many letters of the bot's message by chance.
const MANY_LETTERS = 40;

async function isOurs(tx: Sql, conversationId: string, echo: Echo): Promise<boolean> {
  return (await recentSentMessages(tx, { conversationId })).some(
    ({ externalId, status, text, mode }) =>
      externalId?.split(',').includes(echo.externalId) ||
      (WITHOUT_ID.includes(status) && contains(shownText(text, mode), echo.text)) ||
      // A message is sent twice when a process dies while sending, and the first id is not stored.
      (mode !== 'person' && isSame(shownText(text, mode), echo.text)),
  );
}

const lettersOf = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');

/** An echo may be one part of a message, without the marks that the channel does not show. */
function contains(text: string, part: string): boolean {
  const letters = lettersOf(part);
  return letters === '' ? part !== '' && text.includes(part.trim()) : lettersOf(text).includes(letters);
}

const isSame = (text: string, part: string): boolean =>
  lettersOf(part) !== '' &&
  (lettersOf(text) === lettersOf(part) || (lettersOf(part).length >= MANY_LETTERS && contains(text, part)));

/** The customer and the conversation may be new, because the business may write first. */
async function silence(tx: Sql, { tenantId, botId }: WebhookConnection, chat: Chat): Promise<string> {
  const [customer] = await addCustomer(tx, { id: newId(), tenantId, botId, ...chat });
  const [conversation] = await silenceConversation(tx, {
    id: newId(),
    tenantId,
    botId,
    ...chat,
    customerId: customer?.id as string,
    silenceMinutes: SILENCE_MINUTES,
  });
  return conversation?.id as string;
}
