// Meta's deliveries in the benchmark, in the shapes of the test emulator.
import {
  instagramDelivery,
  instagramEcho,
  instagramMessage,
  whatsappDelivery,
  whatsappMessage,
  whatsappStatus,
} from '../tests/support/graph-emulator/payloads.ts';
import type { MetaAccount, SentByBot } from './graph.ts';
import { QUESTIONS } from './load.ts';

/** A customer's message that ends with its number. */
export function messageOf(account: MetaAccount, from: string, number: number): unknown {
  const message = { from, text: `${QUESTIONS[number % QUESTIONS.length]} #${number}` };
  return account.platform === 'whatsapp'
    ? whatsappDelivery(account, whatsappMessage(message).value)
    : instagramDelivery(account, [instagramMessage(account, message).event]);
}

/** Meta's receipts for a sent message, and when they come. */
export function afterSend(
  { account, chatId, text, externalId }: SentByBot,
  deliver: (account: MetaAccount, payload: unknown) => Promise<unknown>,
): void {
  const later = (ms: number, payload: unknown): void => void setTimeout(() => void deliver(account, payload), ms);
  if (account.platform === 'instagram') {
    later(20, instagramDelivery(account, [instagramEcho(account, chatId, { mid: externalId, text })]));
    const read = { sender: { id: chatId }, recipient: { id: account.id }, timestamp: Date.now(), read: { mid: externalId } };
    later(900, instagramDelivery(account, [read]));
    return;
  }
  later(20, whatsappDelivery(account, whatsappStatus(externalId, chatId, 'sent')));
  later(300, whatsappDelivery(account, whatsappStatus(externalId, chatId, 'delivered')));
  later(900, whatsappDelivery(account, whatsappStatus(externalId, chatId, 'read')));
}
