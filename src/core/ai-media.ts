import { plainType } from './reply-file.ts';

// Source: ai.google.dev/gemini-api/docs/image-understanding, /audio and /document-processing (2026-11). A file of another type is
// refused with the whole request.
const READ = new Set([
  ...['image/png', 'image/jpeg', 'image/webp', 'image/heic', 'image/heif'],
  ...['audio/wav', 'audio/mp3', 'audio/aiff', 'audio/aac', 'audio/ogg', 'audio/flac', 'audio/mp4'],
  'application/pdf',
]);
/** Names that platforms give to the same types. */
const ITS_NAME: Record<string, string> = {
  'audio/mpeg': 'audio/mp3',
  'audio/opus': 'audio/ogg',
  'application/ogg': 'audio/ogg',
  'audio/x-wav': 'audio/wav',
  'audio/wave': 'audio/wav',
  'audio/vnd.wave': 'audio/wav',
  'audio/x-aiff': 'audio/aiff',
  'audio/x-flac': 'audio/flac',
  'audio/x-aac': 'audio/aac',
  'audio/aacp': 'audio/aac',
  'image/pjpeg': 'image/jpeg',
  'image/heic-sequence': 'image/heic',
  'image/heif-sequence': 'image/heif',
};

/** The type by the AI's own name; null: it cannot read such files. */
export function aiMediaType(mimeType: string): string | null {
  const plain = plainType(mimeType);
  const type = ITS_NAME[plain] ?? plain;
  return READ.has(type) ? type : null;
}
