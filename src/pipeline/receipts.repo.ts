import { LRUCache } from 'lru-cache';
import { MINUTE_MS } from '#core/durations.ts';
import type { Receipt } from '#core/inbound-event.ts';
import { isConnectionWide } from '#core/reasons.ts';
import { storableText } from '#core/storable-text.ts';
import { createBatcher } from '#platform/batcher.ts';
import type { Database } from '#platform/db/database.ts';
import { retryOnConflict } from '#platform/db/retry.ts';
import { report, statement } from '#platform/db/statement.ts';
import type { IdentitiesRepo } from './identities.repo.ts';
import { noteConnectionError } from './reply-log.ts';

/** `outcome`: the new status of the message, or `stranger` where none of the receipt's ids is a chat. */
const applyAllReceipts = statement<{ receipts: string[] }, { item: number; outcome: string }>(
  import.meta.url,
  './statements/apply-receipts.sql',
);
const findMessageChats = report<{ connectionId: string; externalIds: string[] }, { item: number; chatId: string }>(
  import.meta.url,
  './statements/find-message-chats.sql',
);
// Receipts arrive in bursts.
const BATCH = { spacingMs: 0, maxItems: 50 };
const REMEMBERED = { max: 10_000, ttl: 60 * MINUTE_MS };
// A receipt for a message that another system sent is looked for once a minute and customer.
const UNKNOWN = { max: 10_000, ttl: MINUTE_MS };

interface Delivery {
  connectionId: string;
  receipts: readonly Receipt[];
}

interface Deps {
  database: Database;
  identities: Pick<IdentitiesRepo, 'choose'>;
}

/** A receipt for an unknown message changes nothing. */
export function createReceiptsRepo({ database, identities }: Deps) {
  const batch = createBatcher<Delivery, string[]>({ ...BATCH, flush: applyAll });
  // Argentina: written to as 549…, told as 54….
  const chatOf = new LRUCache<string, string>(REMEMBERED);
  const unknown = new LRUCache<string, true>(UNKNOWN);
  const keyOf = (connectionId: string, { chatIds }: Receipt): string => `${connectionId} ${chatIds.join(' ')}`;

  async function applyAll(deliveries: Delivery[]): Promise<string[][]> {
    const receipts = deliveries.flatMap((delivery, item) => delivery.receipts.map((receipt) => toRow(receipt, delivery, item)));
    const rows = await retryOnConflict(() => applyAllReceipts(database.sql, { receipts }));
    return deliveries.map((_, i) => rows.filter(({ item }) => item === i).map(({ outcome }) => outcome));
  }

  const withKnownChat = (connectionId: string, receipt: Receipt): Receipt => {
    const chatId = chatOf.get(keyOf(connectionId, receipt));
    return chatId ? { ...receipt, chatIds: [...receipt.chatIds, chatId] } : receipt;
  };

  /** Receipts whose chat is found by the message's id, with that chat. */
  async function found(connectionId: string, receipts: readonly Receipt[]): Promise<Receipt[]> {
    const unseen = receipts.filter((receipt) => !unknown.has(keyOf(connectionId, receipt)));
    if (unseen.length === 0) return [];
    const externalIds = unseen.map(({ externalId }) => storableText(externalId));
    const rows = await findMessageChats(database.sql, { connectionId, externalIds });
    for (const receipt of unseen) unknown.set(keyOf(connectionId, receipt), true);
    return rows.map(({ item, chatId }) => {
      const receipt = unseen[item - 1] as Receipt;
      chatOf.set(keyOf(connectionId, receipt), chatId);
      unknown.delete(keyOf(connectionId, receipt));
      return { ...receipt, chatIds: [...receipt.chatIds, chatId] };
    });
  }

  return async (connectionId: string, told: readonly Receipt[]): Promise<void> => {
    const receipts = told.map((receipt) => withKnownChat(connectionId, receipt));
    const outcomes = await batch.add({ connectionId, receipts });
    const others = outcomes.includes('stranger') ? await found(connectionId, receipts) : [];
    if (others.length > 0) outcomes.push(...(await batch.add({ connectionId, receipts: others })));
    const failed = receipts.filter(({ state }) => state === 'failed');
    const wide = failed.find(({ reason }) => reason && isConnectionWide(reason));
    if (outcomes.includes('failed') && wide?.reason)
      await noteConnectionError(database.sql, { connectionId, reason: wide.reason });
    for (const { reason, chatIds } of [...failed, ...others]) {
      if (reason === 'opted_out') await identities.choose(connectionId, { chatIds, out: true });
    }
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
