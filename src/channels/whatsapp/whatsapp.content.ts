import { pressOf } from '#core/choices.ts';
import { marketingChoice } from '#core/marketing-words.ts';
import type { Attachment, MessageKind } from '#core/message.ts';
import { type JsonObject, numberOf, objectOf, objectsOf, textOf } from '../meta/json.ts';
import { typedText } from '../meta/message-text.ts';
import { contactsOf, formText, orderText, placeOf } from './whatsapp.data.ts';

export interface WhatsAppContent {
  kind: MessageKind;
  text: string;
  command?: string;
  attachment?: Attachment;
  quiet?: boolean;
}

// Source: META whatsapp/cloud-api/webhooks/components and webhooks/reference/messages (2026-11).
export function contentOf(message: JsonObject): WhatsAppContent | null {
  const type = textOf(message['type']) ?? '';
  const body = objectOf(message[type]);
  switch (type) {
    case 'text':
      return typedText(textOf(body['body']) ?? '');
    case 'button':
      return { kind: 'text', text: pressedOf(body) };
    case 'interactive':
      return chosen(body);
    case 'image':
      return withFile('photo', body);
    case 'audio':
      return withFile(body['voice'] === true ? 'voice' : 'audio', body);
    case 'video':
    case 'document':
    case 'sticker':
      return withFile(type, body);
    default:
      return withoutFile(type, body, message);
  }
}

/** A button of a template. Its payload says more than its label where it stops advertising ("Stop promotions"). */
function pressedOf(body: JsonObject): string {
  const [label, payload] = [textOf(body['text']) ?? '', textOf(body['payload']) ?? ''];
  return label === '' || (marketingChoice(payload) !== null && marketingChoice(label) === null) ? payload : label;
}

function withoutFile(type: string, body: JsonObject, message: JsonObject): WhatsAppContent | null {
  switch (type) {
    case 'location':
      return { kind: 'location', text: '', attachment: placeOf(body) };
    case 'contacts':
      return { kind: 'contact', ...contactsOf(objectsOf(message['contacts'])) };
    case 'reaction': {
      // An empty emoji removes an earlier reaction.
      const emoji = textOf(body['emoji']);
      return emoji ? { kind: 'reaction', text: '', attachment: { emoji }, quiet: true } : null;
    }
    case 'order':
      return { kind: 'order', text: orderText(body) };
    case 'unsupported':
    case 'unknown':
      return { kind: 'other', text: '' };
    default:
      return null;
  }
}

/** Null: nothing was chosen or filled in, as in the answer to "May we call you?". */
function chosen(body: JsonObject): WhatsAppContent | null {
  const type = textOf(body['type']) ?? '';
  const reply = objectOf(body[type]);
  if (type === 'nfm_reply') return { kind: 'form', text: formText(reply) };
  const title = textOf(reply['title']) ?? textOf(reply['body']) ?? '';
  // A row's description is the whole label where its title is not.
  const press = pressOf(textOf(reply['id']) ?? '', textOf(reply['description']) ?? title);
  return press ?? (title === '' ? null : { kind: 'text', text: title });
}

const withFile = (kind: MessageKind, body: JsonObject): WhatsAppContent => ({
  kind,
  text: textOf(body['caption']) ?? '',
  attachment: defined({
    fileId: textOf(body['id']),
    mimeType: textOf(body['mime_type'])?.split(';')[0]?.trim(),
    fileName: textOf(body['filename']),
    sizeBytes: numberOf(body['file_size']),
  }),
});

const defined = (fields: { [Field in keyof Attachment]: Attachment[Field] | undefined }): Attachment =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Attachment;
