import type { AccountEvents, Echo, InboundEvent, Receipt } from '#core/inbound-event.ts';
import type { InboundMessage } from '#core/message.ts';
import { reasonOf } from '../meta/graph-failure.ts';
import { type JsonObject, numberOf, objectOf, objectsOf, textOf } from '../meta/json.ts';
import { contentOf } from './whatsapp.content.ts';

// `played` is a voice note listened to.
const RECEIPTS: Record<string, Receipt['state']> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  played: 'read',
  failed: 'failed',
};
const ignored = (what: string): InboundEvent => ({ kind: 'ignored', what });

/**
 * A delivery of the WhatsApp Business Platform in our words; the account is the phone number id. Pure, and throws at nothing.
 * Source: META whatsapp webhooks/reference/messages, /smb_message_echoes, business-scoped-user-ids (2026-11).
 */
export function decodeWhatsApp(payload: unknown): AccountEvents[] {
  const { object, entry } = objectOf(payload);
  if (object !== 'whatsapp_business_account') return [];
  return objectsOf(entry)
    .flatMap((one) => objectsOf(one['changes']))
    .map((change) => {
      const value = objectOf(change['value']);
      const accountId = textOf(objectOf(value['metadata'])['phone_number_id']) ?? '';
      return { accountId, events: eventsOf(textOf(change['field']) ?? '', value) };
    });
}

function eventsOf(field: string, value: JsonObject): InboundEvent[] {
  if (field === 'smb_message_echoes') return objectsOf(value['message_echoes']).map(echoOf);
  if (field !== 'messages') return [ignored(`field ${field.slice(0, 40)}`)];
  return [
    ...objectsOf(value['messages']).map((message) => messageOf(message, objectsOf(value['contacts']))),
    ...objectsOf(value['statuses']).map(receiptOf),
    ...objectsOf(value['errors']).map((error) => ignored(`error ${numberOf(error['code'])}`)),
  ];
}

function messageOf(message: JsonObject, contacts: JsonObject[]): InboundEvent {
  const type = textOf(message['type']) ?? 'none';
  const id = textOf(message['id']);
  // Without a shown phone number there is only the business-scoped user id.
  const chatId = textOf(message['from']) ?? textOf(message['from_user_id']);
  if (!id || !chatId || message['group_id']) return ignored(`message ${type.slice(0, 40)}`);
  const original = textOf(objectOf(message[type])['original_message_id']);
  if (type === 'revoke' && original) return { kind: 'deletion', externalId: original, chatId };

  const edited = type === 'edit' && original ? contentOf(objectOf(objectOf(message['edit'])['message'])) : null;
  const content = edited ? { kind: 'edited' as const, text: edited.text } : contentOf(message);
  if (!content) return ignored(`message ${type.slice(0, 40)}`);
  const contact = contactOf(message, contacts);
  const externalId = edited ? `${original}:${id}` : id;
  return {
    kind: 'message',
    message: { externalId, chatId, isGroup: false, addressed: true, sender: senderOf(chatId, contact), ...content },
  };
}

/** The contact of the message's sender; of a lone contact it is not asked whose it is. */
function contactOf(message: JsonObject, contacts: JsonObject[]): JsonObject {
  const found = contacts.find(
    ({ wa_id: waId, user_id: userId }) =>
      (waId !== undefined && waId === message['from']) || (userId !== undefined && userId === message['from_user_id']),
  );
  return found ?? (contacts.length === 1 ? objectOf(contacts[0]) : {});
}

function senderOf(chatId: string, contact: JsonObject): InboundMessage['sender'] {
  const profile = objectOf(contact['profile']);
  const [firstName, username] = [textOf(profile['name']), textOf(profile['username'])];
  return { platformUserId: chatId, ...(firstName && { firstName }), ...(username && { username }) };
}

function receiptOf(status: JsonObject): InboundEvent {
  const state = RECEIPTS[textOf(status['status']) ?? ''];
  const externalId = textOf(status['id']);
  if (!state || !externalId) return ignored(`status ${(textOf(status['status']) ?? 'none').slice(0, 40)}`);
  const chatIds = [textOf(status['recipient_id']), textOf(status['recipient_user_id'])].filter((id) => id !== undefined);
  const [error] = objectsOf(status['errors']);
  const reason = state === 'failed' ? reasonOf(numberOf(error?.['code']) ?? 0) : undefined;
  return { kind: 'receipt', externalId, chatIds, state, ...(reason && { reason }) };
}

/** Coexistence: somebody answered in the WhatsApp Business app. */
function echoOf(message: JsonObject): InboundEvent {
  const externalId = textOf(message['id']);
  const chatId = textOf(message['to']) ?? textOf(message['to_user_id']);
  const content = contentOf(message);
  if (!externalId || !chatId || !content) return ignored('echo');
  const { kind, text, attachment } = content;
  const echo: Echo = { kind: 'echo', externalId, chatId, messageKind: kind, text };
  return attachment ? { ...echo, attachment } : echo;
}
