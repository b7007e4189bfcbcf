import type { AccountEvents, Echo, InboundEvent, Receipt } from '#core/inbound-event.ts';
import { platformTime } from '#core/platform-time.ts';
import { reasonOf } from '../meta/graph-failure.ts';
import { type JsonObject, numberOf, objectOf, objectsOf, textOf } from '../meta/json.ts';
import { contentOf } from './whatsapp.content.ts';
import { referenceOf } from './whatsapp.data.ts';
import { changedBy, contactOf, preferenceOf, receiverIds, senderIds, senderOf, updateOf } from './whatsapp.identity.ts';
import { noticeOf } from './whatsapp.notices.ts';

// `played`: the customer listened to a voice note.
const RECEIPTS: Record<string, Receipt['state']> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  played: 'read',
  failed: 'failed',
};
const ignored = (what: string): InboundEvent => ({ kind: 'ignored', what });

// The account is the phone number id, and the one above it the business account.
// Source: META whatsapp webhooks/reference/messages, /smb_message_echoes, business-scoped-user-ids (2026-11).
export function decodeWhatsApp(payload: unknown): AccountEvents[] {
  const { object, entry } = objectOf(payload);
  if (object !== 'whatsapp_business_account') return [];
  return objectsOf(entry).flatMap((one) => {
    const parentAccountId = textOf(one['id']) ?? '';
    return objectsOf(one['changes']).map((change) => {
      const value = objectOf(change['value']);
      const accountId = textOf(objectOf(value['metadata'])['phone_number_id']) ?? '';
      return { accountId, parentAccountId, events: eventsOf(textOf(change['field']) ?? '', value) };
    });
  });
}

function eventsOf(field: string, value: JsonObject): InboundEvent[] {
  const all = (key: string, of: (item: JsonObject) => InboundEvent | null): InboundEvent[] =>
    objectsOf(value[key]).map((item) => of(item) ?? ignored(key));
  switch (field) {
    case 'smb_message_echoes':
      return all('message_echoes', echoOf);
    case 'user_preferences':
      return all('user_preferences', preferenceOf);
    case 'user_id_update':
      return all('user_id_update', updateOf);
    case 'messages':
      return [
        ...all('messages', (message) => messageOf(message, objectsOf(value['contacts']))),
        ...all('statuses', receiptOf),
        ...all('errors', (error) => ignored(`error ${numberOf(error['code'])}`)),
      ];
    default:
      return [noticeOf(field, value) ?? ignored(`field ${field.slice(0, 40)}`)];
  }
}

function messageOf(message: JsonObject, contacts: JsonObject[]): InboundEvent {
  const type = textOf(message['type']) ?? 'none';
  const id = textOf(message['id']);
  const contact = contactOf(message, contacts);
  const person = senderIds(message, contact);
  if (type === 'system') return changedBy(message) ?? ignored('system');
  if (!id || !person || message['group_id']) return ignored(`message ${type.slice(0, 40)}`);
  const { chatId } = person;
  const original = textOf(objectOf(message[type])['original_message_id']);
  if (type === 'revoke' && original) return { kind: 'deletion', externalId: original, chatId, sender: senderOf(person, contact) };

  const edited = type === 'edit' && original ? contentOf(objectOf(objectOf(message['edit'])['message'])) : null;
  const content = edited ? { kind: 'edited' as const, text: edited.text } : contentOf(message);
  if (!content) return ignored(`message ${type.slice(0, 40)}`);
  const externalId = edited ? `${original}:${id}` : id;
  // A press names the message with the buttons, which tells nothing more.
  const refersTo = type === 'interactive' ? null : referenceOf(message);
  const sender = senderOf(person, contact);
  const writtenAt = platformTime(message['timestamp']);
  const more = { ...(refersTo && { refersTo }), ...(writtenAt && { writtenAt }) };
  return {
    kind: 'message',
    message: { externalId, chatId, isGroup: false, addressed: true, sender, ...content, ...more },
  };
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

/** Coexistence: a person answered in the WhatsApp Business app. The app's own greeting and away message are no person's. */
function echoOf(message: JsonObject): InboundEvent {
  const externalId = textOf(message['id']);
  const person = receiverIds(message);
  const content = contentOf(message);
  // Source: botpress integrations/whatsapp/src/webhook/handler.ts (`created_by_1p_bot`; 2026-11).
  if (textOf(message['message_creation_type'])?.endsWith('_bot')) return ignored('echo of a bot');
  if (!externalId || !person || !content) return ignored('echo');
  const { chatId, otherId } = person;
  const { kind, text, attachment } = content;
  const echo: Echo = { kind: 'echo', externalId, chatId, messageKind: kind, text, ...(otherId && { otherIds: [otherId] }) };
  return attachment ? { ...echo, attachment } : echo;
}
