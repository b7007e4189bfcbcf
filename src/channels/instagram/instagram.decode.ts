import type { AccountEvents, InboundEvent } from '#core/inbound-event.ts';
import { platformTime } from '#core/platform-time.ts';
import { type JsonObject, numberOf, objectOf, objectsOf, textOf } from '../meta/json.ts';
import { contentsOf, type InstagramContent } from './instagram.content.ts';
import { adOf } from './instagram.reference.ts';

const ignored = (what: string): InboundEvent => ({ kind: 'ignored', what });

// The account is the entry's id. Source: META instagram-platform/webhooks/examples, instagram-messaging/webhooks (2026-11).
export function decodeInstagram(payload: unknown): AccountEvents[] {
  const { object, entry } = objectOf(payload);
  if (object !== 'instagram') return [];
  return objectsOf(entry).map((one) => {
    const accountId = textOf(one['id']) ?? '';
    const messaging = objectsOf(one['messaging']).flatMap((item) => eventsOf(item, accountId));
    const changes = objectsOf(one['changes']).flatMap((change) => changeOf(change, accountId));
    const standby = objectsOf(one['standby']).map(() => ignored('standby'));
    return { accountId, events: [...messaging, ...changes, ...standby] };
  });
}

/** Comments and similar. The dashboard's test button sends messages in this shape too. */
function changeOf(change: JsonObject, accountId: string): InboundEvent[] {
  const field = textOf(change['field']) ?? '';
  const isMessage = field === 'messages' || field === 'messaging_postbacks';
  return isMessage ? eventsOf(objectOf(change['value']), accountId) : [ignored(`field ${field.slice(0, 40)}`)];
}

export function eventsOf(item: JsonObject, accountId: string): InboundEvent[] {
  const added = addedIn(objectOf(item['message_edit']));
  if (added) return [added];
  const senderId = textOf(objectOf(item['sender'])['id']);
  const recipientId = textOf(objectOf(item['recipient'])['id']);
  if (!senderId || !recipientId) return [ignored('no sender')];
  const message = objectOf(item['message']);
  if (message['is_self'] === true || item['is_self'] === true || senderId === recipientId) return [ignored('note to self')];
  if (message['is_echo'] === true || senderId === accountId) return echoesOf(message, recipientId);
  if ('message' in item) return messagesOf(message, item, senderId);
  return [otherOf(item, senderId)];
}

/** An edit with the number 0 stands for a new message without its content. It may come without a sender (chatwoot#14280). */
function addedIn(edit: JsonObject): InboundEvent | null {
  const mid = textOf(edit['mid']);
  return mid && Number(edit['num_edit'] ?? 1) === 0 && edit['num_edit'] !== '' ? { kind: 'unread', externalId: mid } : null;
}

function messagesOf(message: JsonObject, item: JsonObject, chatId: string): InboundEvent[] {
  const mid = textOf(message['mid']);
  if (!mid) return [ignored('message without id')];
  if (message['is_deleted'] === true) return [{ kind: 'deletion', externalId: mid, chatId, sender: { platformUserId: chatId } }];
  const contents = contentsOf(message);
  if (contents.length === 0) return [ignored('empty message')];
  return contents.map((content, part) => messageEvent(part === 0 ? mid : `${mid}#${part}`, chatId, content, item));
}

function messageEvent(externalId: string, chatId: string, content: InstagramContent, { timestamp }: JsonObject): InboundEvent {
  const writtenAt = platformTime(timestamp);
  const sender = { platformUserId: chatId };
  const message = { externalId, chatId, isGroup: false, addressed: true, sender, ...content, ...(writtenAt && { writtenAt }) };
  return { kind: 'message', message };
}

/** Echoes of our replies, and what a person wrote in the app. A heart has no message and gives nothing. */
function echoesOf(message: JsonObject, chatId: string): InboundEvent[] {
  const externalId = textOf(message['mid']);
  const [content] = contentsOf(message);
  if (!externalId || !content || message['is_deleted'] === true) return [ignored('echo')];
  const { kind, text, attachment } = content;
  return [{ kind: 'echo', externalId, chatId, messageKind: kind, text, ...(attachment && { attachment }) }];
}

function otherOf(item: JsonObject, chatId: string): InboundEvent {
  const [postback, reaction, read, edit] = ['postback', 'reaction', 'read', 'message_edit'].map((key) => objectOf(item[key]));
  if ('postback' in item) return postbackOf(objectOf(postback), item, chatId);
  if ('reaction' in item) return reactionOf(objectOf(reaction), item, chatId);
  if ('message_edit' in item) return editOf(objectOf(edit), item, chatId);
  const readId = textOf(read?.['mid']);
  if (readId) return { kind: 'receipt', externalId: readId, chatIds: [chatId], state: 'read' };
  const known = ['sender', 'recipient', 'timestamp'];
  return ignored(
    `event ${
      Object.keys(item)
        .find((key) => !known.includes(key))
        ?.slice(0, 40) ?? 'none'
    }`,
  );
}

function postbackOf(postback: JsonObject, item: JsonObject, chatId: string): InboundEvent {
  const text = textOf(postback['title']) ?? textOf(postback['payload']);
  if (!text) return ignored('empty postback');
  const refersTo = adOf(objectOf(postback['referral']));
  const externalId = textOf(postback['mid']) ?? `postback:${chatId}:${numberOf(item['timestamp']) ?? ''}`;
  return messageEvent(externalId, chatId, { kind: 'text', text, ...(refersTo && { refersTo }) }, item);
}

/** A reaction has no id of its own; the time tells a redelivery from another reaction. */
function reactionOf(reaction: JsonObject, item: JsonObject, chatId: string): InboundEvent {
  const [mid, emoji] = [textOf(reaction['mid']), textOf(reaction['emoji']) ?? textOf(reaction['reaction'])];
  if (reaction['action'] !== 'react' || !mid || !emoji) return ignored('reaction taken back');
  const externalId = `reaction:${numberOf(item['timestamp']) ?? ''}:${mid}`;
  return messageEvent(externalId, chatId, { kind: 'reaction', text: '', attachment: { emoji }, quiet: true }, item);
}

function editOf(edit: JsonObject, item: JsonObject, chatId: string): InboundEvent {
  const [mid, text] = [textOf(edit['mid']), textOf(edit['text'])];
  if (!mid || !text) return ignored('empty edit');
  return messageEvent(`${mid}:${textOf(edit['num_edit']) ?? 1}`, chatId, { kind: 'edited', text }, item);
}
