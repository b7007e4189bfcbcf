import type { ChangedIds, InboundEvent, MarketingChoice } from '#core/inbound-event.ts';
import type { InboundMessage } from '#core/message.ts';
import { type JsonObject, objectOf, textOf } from '../meta/json.ts';

// Source: META business-scoped-user-ids: a country code, a dot, letters and digits; `US.ENT.…` of a group of businesses (2026-11).
export const BSUID = /^[A-Z]{2}\.[\w.]+$/;
const NUMBER = /^\d{5,20}$/;

/** The phone number may be missing, and the business-scoped user id before 31 March 2026. */
export interface Person {
  chatId: string;
  otherId?: string;
}

const personOf = (phone: string | undefined, userId: string | undefined): Person | null => {
  const chatId = phone ?? userId;
  return chatId ? { chatId, ...(phone && userId && { otherId: userId }) } : null;
};

export const senderIds = (message: JsonObject, contact: JsonObject): Person | null =>
  personOf(textOf(message['from']) ?? textOf(contact['wa_id']), textOf(message['from_user_id']) ?? textOf(contact['user_id']));

export const receiverIds = (message: JsonObject): Person | null => personOf(textOf(message['to']), textOf(message['to_user_id']));

/** A single contact is the sender's, whatever its id. */
export function contactOf(message: JsonObject, contacts: JsonObject[]): JsonObject {
  const found = contacts.find(
    ({ wa_id: waId, user_id: userId }) =>
      (waId !== undefined && waId === message['from']) || (userId !== undefined && userId === message['from_user_id']),
  );
  return found ?? (contacts.length === 1 ? objectOf(contacts[0]) : {});
}

export function senderOf({ chatId, otherId }: Person, contact: JsonObject): InboundMessage['sender'] {
  const profile = objectOf(contact['profile']);
  const [firstName, username] = [textOf(profile['name']), textOf(profile['username'])?.replace(/^@/, '')];
  const ids = { platformUserId: chatId, ...(otherId && { otherId }), hasTwoIds: true as const };
  return { ...ids, ...(firstName && { firstName }), ...(username && { username }) };
}

/** "User Dilnoza changed from UZ.1 to UZ.2", also with numbers. */
const CHANGED = /changed from \+?(\S+) to \+?(\S+)/;

/**
 * A message of the type `system`: the person has another number, and with it another user id. What is not told anew is not theirs
 * any more. Source: META business-scoped-user-ids, webhooks/reference/messages/system (2026-11).
 */
export function changedBy(message: JsonObject): InboundEvent | null {
  const system = objectOf(message['system']);
  if (!/changed_(?:number|user_id)$/.test(textOf(system['type']) ?? '')) return null;
  const [, from = '', to = ''] = CHANGED.exec(textOf(system['body']) ?? '') ?? [];
  const phone = textOf(system['wa_id']) ?? textOf(system['new_wa_id']) ?? (NUMBER.test(to) ? to : undefined);
  const userId = textOf(system['user_id']) ?? (BSUID.test(to) ? to : undefined);
  const said = ['from', 'from_user_id'].map((field) => textOf(message[field]));
  const told = ['previous_user_id', 'customer'].map((field) => textOf(system[field]));
  return changed([...said, ...told, from], phone, userId);
}

/** Source: META business-scoped-user-ids, `user_id_update` (2026-11). */
export function updateOf(update: JsonObject): InboundEvent | null {
  const ids = objectOf(update['user_id']);
  return changed([textOf(ids['previous'])], textOf(update['wa_id']), textOf(ids['current']));
}

function changed(before: (string | undefined)[], phone: string | undefined, userId: string | undefined): ChangedIds | null {
  const now = personOf(phone, userId);
  const was = before.filter((id): id is string => id !== undefined && (NUMBER.test(id) || BSUID.test(id)));
  if (!now || was.length === 0) return null;
  return { kind: 'changed_ids', was, platformUserId: now.chatId, ...(now.otherId && { otherId: now.otherId }) };
}

/** Source: META webhooks/reference/user_preferences (2026-11). */
export function preferenceOf({ value, wa_id: phone, user_id: userId }: JsonObject): MarketingChoice | null {
  const chatIds = [textOf(phone), textOf(userId)].filter((id) => id !== undefined);
  if (chatIds.length === 0 || (value !== 'stop' && value !== 'resume')) return null;
  return { kind: 'marketing', chatIds, out: value === 'stop' };
}
