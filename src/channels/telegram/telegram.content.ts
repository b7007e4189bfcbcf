import type { Message, PhotoSize } from 'grammy/types';
import type { Attachment, MessageKind } from '#core/message.ts';

// Bots can download up to 20 MB. Source: tdlib/telegram-bot-api MAX_DOWNLOAD_FILE_SIZE (seen 2026-08).
const MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024;

// Content we have no word for. What is in neither list is a service message (joined, pinned, …).
const OTHER = ['dice', 'game', 'poll', 'story', 'invoice', 'paid_media', 'checklist', 'giveaway', 'rich_message'];

interface Content {
  kind: MessageKind;
  text: string;
  attachment?: Attachment;
}

interface FileLike {
  file_id: string;
  file_size?: number;
  mime_type?: string;
  file_name?: string;
}

/** What a message carries; null for a service message. */
export function contentOf(message: Message): Content | null {
  const text = message.text ?? message.caption ?? '';
  const withFile = (kind: MessageKind, file: FileLike): Content => ({ kind, text, attachment: attachmentOf(file) });

  if (message.text !== undefined) return { kind: 'text', text };
  if (message.photo) return withFile('photo', { ...bestOf(message.photo), mime_type: 'image/jpeg' });
  if (message.voice) return withFile('voice', message.voice);
  if (message.audio) return withFile('audio', message.audio);
  if (message.video) return withFile('video', message.video);
  if (message.video_note) return withFile('video', { ...message.video_note, mime_type: 'video/mp4' });
  // An animation comes with a document of the same file for older programs.
  if (message.animation) return withFile('video', message.animation);
  if (message.document) return withFile('document', message.document);
  return wordlessOf(message, text);
}

function wordlessOf(message: Message, text: string): Content | null {
  const { sticker, contact, venue } = message;
  const location = message.location ?? venue?.location;
  if (sticker)
    return { kind: 'sticker', text, attachment: { ...attachmentOf(sticker), ...(sticker.emoji && { emoji: sticker.emoji }) } };
  if (contact) return { kind: 'contact', text, attachment: { phone: contact.phone_number } };
  if (location) return { kind: 'location', text, attachment: { latitude: location.latitude, longitude: location.longitude } };
  return OTHER.some((key) => key in message) ? { kind: 'other', text } : null;
}

/** The largest size that can be downloaded. */
function bestOf(sizes: PhotoSize[]): PhotoSize {
  const fitting = sizes.filter(({ file_size = 0 }) => file_size <= MAX_DOWNLOAD_BYTES);
  return (fitting.length > 0 ? fitting : sizes).reduce((best, size) =>
    size.width * size.height > best.width * best.height ? size : best,
  );
}

const attachmentOf = ({ file_id, file_size, mime_type, file_name }: FileLike): Attachment => ({
  fileId: file_id,
  ...(mime_type && { mimeType: mime_type }),
  ...(file_size !== undefined && { sizeBytes: file_size }),
  ...(file_name && { fileName: file_name }),
});
