import { pressOf } from '#core/choices.ts';
import type { Attachment, MessageKind } from '#core/message.ts';
import type { Reference } from '#core/reference.ts';
import { type JsonObject, numberOf, objectOf, objectsOf, textOf } from '../meta/json.ts';
import { typedText } from '../meta/message-text.ts';
import { referenceOf, sharedOf } from './instagram.reference.ts';

export interface InstagramContent {
  kind: MessageKind;
  text: string;
  command?: string;
  attachment?: Attachment;
  refersTo?: Reference;
  quiet?: boolean;
}

// Source: META instagram-messaging/webhooks, messaging-api/send-message (2026-11). A file is usually a PDF.
const FILES: Record<string, { kind: MessageKind; mimeType?: string }> = {
  image: { kind: 'photo', mimeType: 'image/jpeg' },
  video: { kind: 'video', mimeType: 'video/mp4' },
  audio: { kind: 'voice', mimeType: 'audio/mp4' },
  file: { kind: 'document' },
};
// A heart below a message, and a mention in a story, which opens the window (chatwoot#12635). Neither is a question.
const QUIET: Record<string, InstagramContent> = {
  like_heart: { kind: 'reaction', text: '', attachment: { emoji: '❤️' }, quiet: true },
  story_mention: { kind: 'mention', text: '', quiet: true },
};

/** The text goes with the first attachment; each further attachment is a part of its own. */
export function contentsOf(message: JsonObject): InstagramContent[] {
  const text = textOf(message['text']) ?? '';
  const press = pressOf(textOf(objectOf(message['quick_reply'])['payload']) ?? '', text);
  if (press) return [press];
  const [first, ...rest] = partsOf(message, text);
  const refersTo = first && (first.refersTo ?? referenceOf(message));
  return first ? [{ ...first, ...(refersTo && { refersTo }) }, ...rest] : [];
}

function partsOf(message: JsonObject, text: string): InstagramContent[] {
  const [first, ...rest] = objectsOf(message['attachments']).map(attachmentOf);
  if (!first) return text ? [typedText(text)] : message['is_unsupported'] === true ? [{ kind: 'other', text: '' }] : [];
  const isFile = first.attachment?.fileId !== undefined;
  if (!text || isFile || first.kind === 'other') return [{ ...first, text }, ...rest];
  // Beside words, what is shared is what they are about.
  return [{ ...typedText(text), ...(first.refersTo && { refersTo: first.refersTo }) }, ...rest];
}

function attachmentOf(attachment: JsonObject): InstagramContent {
  const type = textOf(attachment['type']) ?? '';
  const quiet = QUIET[type];
  if (quiet) return quiet;
  if (type === 'location') return { kind: 'location', text: '', attachment: placeOf(attachment) };
  const refersTo = sharedOf(type, objectOf(attachment['payload']));
  if (refersTo) return { kind: 'share', text: '', refersTo };
  const file = FILES[type];
  if (!file) return { kind: 'other', text: '' };
  const url = textOf(objectOf(attachment['payload'])['url']);
  return {
    kind: file.kind,
    text: '',
    attachment: { ...(url && { fileId: url }), ...(file.mimeType && { mimeType: file.mimeType }) },
  };
}

/** Source: META messenger-platform/reference/webhook-events/messages, `location` (2026-11). */
function placeOf(attachment: JsonObject): Attachment {
  const title = textOf(attachment['title']);
  const { lat, long } = objectOf(objectOf(attachment['payload'])['coordinates']);
  const [latitude, longitude] = [numberOf(lat), numberOf(long)];
  return {
    ...(title && { title }),
    ...(latitude !== undefined && longitude !== undefined && { latitude, longitude }),
  };
}
