// What WhatsApp takes as media. Source: META business-phone-numbers/media, messages/audio-messages (2026-11).
import { type GraphReply, graphError } from './errors.ts';

export const OPUS = 'audio/ogg; codecs=opus';
const MB = 1024 * 1024;
const OFFICE = 'application/vnd.openxmlformats-officedocument';
const KINDS: { category: 'image' | 'audio' | 'document'; maxBytes: number; types: string[] }[] = [
  { category: 'image', maxBytes: 5 * MB, types: ['image/jpeg', 'image/png'] },
  { category: 'audio', maxBytes: 16 * MB, types: ['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', OPUS] },
  {
    category: 'document',
    maxBytes: 100 * MB,
    types: [
      'text/plain',
      'application/pdf',
      ...['msword', 'vnd.ms-excel', 'vnd.ms-powerpoint'].map((name) => `application/${name}`),
      ...['wordprocessingml.document', 'spreadsheetml.sheet', 'presentationml.presentation'].map((name) => `${OFFICE}.${name}`),
    ],
  },
];

/** The first bytes of what is named by a type. */
const HEADS: Record<string, RegExp> = {
  'image/jpeg': /^\xff\xd8\xff/,
  'image/png': /^\x89PNG/,
  [OPUS]: /^OggS[\s\S]{24}OpusHead/,
  'audio/mp4': /^[\s\S]{4}ftyp/,
  'application/pdf': /^%PDF-/,
};

const kindOf = (type: string) => KINDS.find(({ types }) => types.includes(type));

export const categoryOf = (type: string): string | undefined => kindOf(type)?.category;

/** Null: it is stored. The type is told twice, and the bytes must be of it. */
export function mediaProblem({ bytes, mimeType }: { bytes: Buffer; mimeType: string }, declared: string): GraphReply | null {
  const kind = kindOf(mimeType);
  if (!kind || declared !== mimeType)
    return graphError({ code: 100, message: '(#100) Param file must be a file with one of the following types' });
  if (bytes.length > kind.maxBytes) return graphError({ code: 131053 });
  const head = HEADS[mimeType];
  return head && !head.test(bytes.toString('latin1', 0, 64)) ? graphError({ code: 131053 }) : null;
}
