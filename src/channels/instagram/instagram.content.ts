import type { Attachment, MessageKind } from '#core/message.ts';
import { type JsonObject, objectOf, objectsOf, textOf } from '../meta/json.ts';
import { typedText } from '../meta/message-text.ts';

export interface InstagramContent {
  kind: MessageKind;
  text: string;
  command?: string;
  attachment?: Attachment;
  quiet?: boolean;
}

// Source: META instagram-messaging/webhooks, messaging-api/send-message (2026-11). A file is a PDF as a rule. Shares and reels
// come as an address of a post: there is nothing in them we could read.
const FILES: Record<string, { kind: MessageKind; mimeType?: string }> = {
  image: { kind: 'photo', mimeType: 'image/jpeg' },
  video: { kind: 'video', mimeType: 'video/mp4' },
  audio: { kind: 'voice', mimeType: 'audio/mp4' },
  file: { kind: 'document' },
};

/**
 * What an Instagram message carries, part by part: the text goes with the first attachment, each further one is a part of
 * its own. Empty when there is nothing in it at all.
 */
export function contentsOf(message: JsonObject): InstagramContent[] {
  const text = textOf(message['text']) ?? '';
  const attachments = objectsOf(message['attachments']).map(attachmentOf);
  const [first, ...rest] = attachments;
  if (!first) return text ? [typedText(text)] : message['is_unsupported'] === true ? [{ kind: 'other', text: '' }] : [];
  return [text && first.kind === 'mention' ? { kind: 'text', text } : { ...first, text }, ...rest];
}

function attachmentOf(attachment: JsonObject): InstagramContent {
  const type = textOf(attachment['type']) ?? '';
  // A mention in a story is no question, though it opens the window (CW #12635).
  if (type === 'story_mention') return { kind: 'mention', text: '', quiet: true };
  const file = FILES[type];
  if (!file) return { kind: 'other', text: '' };
  const url = textOf(objectOf(attachment['payload'])['url']);
  return {
    kind: file.kind,
    text: '',
    attachment: { ...(url && { fileId: url }), ...(file.mimeType && { mimeType: file.mimeType }) },
  };
}
