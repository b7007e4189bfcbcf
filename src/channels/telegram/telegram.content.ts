import type { Contact, Message, PhotoSize, RichMessage } from 'grammy/types';
import type { Attachment, MessageKind } from '#core/message.ts';
import { photoOfRich, textOfRich } from './telegram.rich.ts';

// Telegram offers several sizes of a photo. More than this costs memory and tells the AI nothing more.
const MAX_PHOTO_BYTES = 5 * 1024 * 1024;

// Content without a kind of ours. A message in neither list is a service message (joined, pinned, …).
const OTHER = ['dice', 'game', 'poll', 'story', 'invoice', 'paid_media', 'checklist', 'giveaway'];

export interface Content {
  kind: MessageKind;
  text: string;
  attachment?: Attachment;
}

interface FileLike {
  file_id: string;
  file_size?: number;
  mime_type?: string;
  file_name?: string;
  duration?: number;
}

export function contentOf(message: Message): Content | null {
  const text = message.text ?? message.caption ?? '';
  const withFile = (kind: MessageKind, file: FileLike): Content => ({ kind, text, attachment: attachmentOf(file) });

  if (message.text !== undefined) return { kind: 'text', text };
  if (message.rich_message) return richOf(message.rich_message);
  if (message.photo) return withFile('photo', { ...bestOf(message.photo), mime_type: 'image/jpeg' });
  if (message.voice) return withFile('voice', message.voice);
  if (message.audio) return withFile('audio', message.audio);
  if (message.video) return withFile('video', message.video);
  if (message.video_note) return withFile('video', { ...message.video_note, mime_type: 'video/mp4' });
  // An animation comes with a document of the same file, for older clients.
  if (message.animation) return withFile('video', message.animation);
  if (message.document) return withFile('document', message.document);
  return wordlessOf(message, text);
}

function richOf(rich: RichMessage): Content {
  const [text, photo] = [textOfRich(rich), photoOfRich(rich)];
  if (!photo) return { kind: 'text', text };
  return { kind: 'photo', text, attachment: attachmentOf({ ...bestOf(photo), mime_type: 'image/jpeg' }) };
}

function wordlessOf(message: Message, text: string): Content | null {
  const { sticker, contact, venue } = message;
  const location = message.location ?? venue?.location;
  if (sticker)
    return { kind: 'sticker', text, attachment: { ...attachmentOf(sticker), ...(sticker.emoji && { emoji: sticker.emoji }) } };
  if (contact) return { kind: 'contact', text, attachment: contactOf(contact) };
  if (location) {
    const { latitude, longitude } = location;
    return {
      kind: 'location',
      text,
      attachment: { ...(venue && { title: venue.title, address: venue.address }), latitude, longitude },
    };
  }
  return OTHER.some((key) => key in message) ? { kind: 'other', text } : null;
}

/** A card may have further numbers. */
function contactOf({ phone_number: phone, first_name: first, last_name: last, vcard = '' }: Contact): Attachment {
  const more = [...vcard.matchAll(/^TEL[^:\r\n]*:([^\r\n]+)/gim)].map(([, number = '']) => number.replace(/^tel:/i, '').trim());
  const others = more.filter((number, at) => digitsOf(number) !== digitsOf(phone) && more.indexOf(number) === at);
  return { name: [first, last].filter(Boolean).join(' '), phone: [phone, ...others].join(', ') };
}

const digitsOf = (number: string): string => number.replace(/\D/g, '');

function bestOf(sizes: PhotoSize[]): PhotoSize {
  const fitting = sizes.filter(({ file_size = 0 }) => file_size <= MAX_PHOTO_BYTES);
  return (fitting.length > 0 ? fitting : sizes).reduce((best, size) =>
    size.width * size.height > best.width * best.height ? size : best,
  );
}

const attachmentOf = ({ file_id, file_size, mime_type, file_name, duration }: FileLike): Attachment => ({
  fileId: file_id,
  ...(mime_type && { mimeType: mime_type }),
  ...(file_size !== undefined && { sizeBytes: file_size }),
  ...(file_name && { fileName: file_name }),
  ...(duration !== undefined && { seconds: duration }),
});
