import type { Attachment, MessageKind } from './message.ts';

// What Gemini reads; another type makes it refuse the whole request. Opus is Ogg's sound, M4A is MP4's.
// Source: https://ai.google.dev/gemini-api/docs (image and audio understanding; seen 2026-11).
const TYPES: Record<string, readonly string[]> = {
  'image/png': ['png'],
  'image/jpeg': ['jpg', 'jpeg', 'image/jpg', 'image/pjpeg'],
  'image/webp': ['webp'],
  'image/heic': ['heic'],
  'image/heif': ['heif'],
  'audio/wav': ['wav', 'audio/x-wav', 'audio/wave', 'audio/vnd.wave'],
  'audio/mpeg': ['mp3', 'audio/mp3', 'audio/mpeg3', 'audio/x-mpeg', 'audio/mpga'],
  'audio/aiff': ['aiff', 'aif', 'audio/x-aiff'],
  'audio/aac': ['aac', 'audio/x-aac', 'audio/aacp', 'audio/x-hx-aac-adts'],
  'audio/ogg': [
    'ogg',
    'oga',
    'opus',
    'audio/opus',
    'audio/x-opus+ogg',
    'audio/x-opus',
    'audio/x-ogg',
    'audio/vorbis',
    'application/ogg',
  ],
  'audio/flac': ['flac', 'audio/x-flac'],
  'audio/mp4': ['m4a', 'audio/m4a', 'audio/x-m4a', 'audio/mp4a-latm'],
};
const READABLE = new Map(Object.entries(TYPES).flatMap(([type, names]) => [type, ...names].map((name) => [name, type])));
const SAYS_NOTHING = ['', 'application/octet-stream', 'binary/octet-stream'];

/** A file's type in Gemini's words, by what the platform declares; by the name where that says nothing. Null: it is not read. */
export function readableType(declared = '', fileName = ''): string | null {
  const type = (declared.split(';')[0] ?? '').trim().toLowerCase();
  const ending = /\.([^.]+)$/.exec(fileName)?.[1]?.toLowerCase() ?? '';
  return READABLE.get(SAYS_NOTHING.includes(type) ? ending : type) ?? null;
}

const READ_UNDECLARED: readonly MessageKind[] = ['photo', 'voice', 'audio'];
const FILES: readonly MessageKind[] = ['photo', 'voice', 'audio', 'video', 'document'];

interface WithFile {
  kind: MessageKind;
  attachment: Attachment | null;
}

/** A photo or a recording without a declared type is known by its bytes later. */
export function isReadable({ kind, attachment }: WithFile): boolean {
  if (!attachment?.fileId || kind === 'video' || kind === 'sticker') return false;
  const { mimeType = '', fileName } = attachment;
  return readableType(mimeType, fileName) !== null || (mimeType === '' && READ_UNDECLARED.includes(kind));
}

export const isFile = ({ kind, attachment }: WithFile): boolean => attachment?.fileId !== undefined && FILES.includes(kind);

/** How a file is called to the customer: by its name, else by what it is. */
export type FileWord = 'photo' | 'voice' | 'video' | 'file';
export type UnreadFile = { name: string } | { word: FileWord };

export function unreadFile({ fileName, mimeType = '' }: Attachment): UnreadFile {
  if (fileName) return { name: fileName };
  const words: Record<string, FileWord> = { image: 'photo', audio: 'voice', video: 'video' };
  return { word: words[mimeType.split('/')[0] ?? ''] ?? 'file' };
}
