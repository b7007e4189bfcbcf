import type { Attachment, MessageKind } from '#core/message.ts';
import { type JsonObject, numberOf, objectOf, objectsOf, textOf } from '../meta/json.ts';
import { typedText } from '../meta/message-text.ts';

export interface WhatsAppContent {
  kind: MessageKind;
  text: string;
  command?: string;
  attachment?: Attachment;
  quiet?: boolean;
}

/**
 * What a WhatsApp message carries, by its type; null for what is none of the customer's words.
 * Source: META whatsapp/cloud-api/webhooks/components and webhooks/reference/messages (2026-11).
 */
export function contentOf(message: JsonObject): WhatsAppContent | null {
  const type = textOf(message['type']) ?? '';
  const body = objectOf(message[type]);
  switch (type) {
    case 'text':
      return typedText(textOf(body['body']) ?? '');
    case 'button':
      return { kind: 'text', text: textOf(body['text']) ?? '' };
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

function withoutFile(type: string, body: JsonObject, message: JsonObject): WhatsAppContent | null {
  switch (type) {
    case 'location':
      return {
        kind: 'location',
        text: '',
        attachment: defined({ latitude: numberOf(body['latitude']), longitude: numberOf(body['longitude']) }),
      };
    case 'contacts': {
      const [phone] = objectsOf(objectsOf(message['contacts'])[0]?.['phones']);
      return { kind: 'contact', text: '', attachment: defined({ phone: textOf(phone?.['phone']) }) };
    }
    case 'reaction': {
      // An empty emoji takes an earlier one back.
      const emoji = textOf(body['emoji']);
      return emoji ? { kind: 'reaction', text: '', attachment: { emoji }, quiet: true } : null;
    }
    case 'order':
      return { kind: 'other', text: textOf(body['text']) ?? '' };
    case 'unsupported':
    case 'unknown':
      return { kind: 'other', text: '' };
    default:
      return null;
  }
}

/** A tapped button or list row, or a filled-in form: its words. */
function chosen(body: JsonObject): WhatsAppContent {
  const reply = objectOf(body[textOf(body['type']) ?? '']);
  return { kind: 'text', text: textOf(reply['title']) ?? textOf(reply['body']) ?? '' };
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

/** Without the fields that are not there. */
const defined = (fields: { [Field in keyof Attachment]: Attachment[Field] | undefined }): Attachment =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Attachment;
