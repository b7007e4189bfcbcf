export const RECEIPT_TYPES = { 'image/png': 'png', 'image/jpeg': 'jpg', 'application/pdf': 'pdf' } as const;
export type ReceiptType = keyof typeof RECEIPT_TYPES;

const SIGNATURES: [ReceiptType, readonly number[]][] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['application/pdf', [0x25, 0x50, 0x44, 0x46, 0x2d]],
];

/** By the first bytes, whatever the sender declares. */
export function receiptTypeOf(content: Uint8Array): ReceiptType | null {
  return SIGNATURES.find(([, bytes]) => bytes.every((byte, at) => content[at] === byte))?.[0] ?? null;
}

/** Photo types that every channel accepts. */
export const PHOTO_EXTENSIONS = { 'image/jpeg': 'jpg', 'image/png': 'png' } as const;
export type PhotoType = keyof typeof PHOTO_EXTENSIONS;

export function photoTypeOf(content: Uint8Array): PhotoType | null {
  const type = receiptTypeOf(content);
  return type === 'application/pdf' ? null : type;
}

type Test = (content: Buffer) => boolean;
const startsWith =
  (hex: string, at = 0): Test =>
  (content) =>
    content.subarray(at, at + hex.length / 2).toString('hex') === hex;
const hasWord =
  (word: string, at: number): Test =>
  (content) =>
    content.toString('latin1', at, at + word.length) === word;
const both =
  (...tests: Test[]): Test =>
  (content) =>
    tests.every((test) => test(content));
const either =
  (...tests: Test[]): Test =>
  (content) =>
    tests.some((test) => test(content));

const KINDS: [type: string, Test][] = [
  ['image/png', startsWith('89504e470d0a1a0a')],
  ['image/jpeg', startsWith('ffd8ff')],
  ['image/webp', both(hasWord('RIFF', 0), hasWord('WEBP', 8))],
  ['audio/wav', both(hasWord('RIFF', 0), hasWord('WAVE', 8))],
  ['application/pdf', hasWord('%PDF-', 0)],
  ['audio/ogg', both(hasWord('OggS', 0), hasWord('OpusHead', 28))],
  ['audio/mp4', both(hasWord('ftyp', 4), hasWord('M4', 8))],
  ['audio/amr', hasWord('#!AMR', 0)],
  ['audio/aac', either(startsWith('fff1'), startsWith('fff9'))],
  ['audio/mpeg', either(hasWord('ID3', 0), startsWith('fffb'), startsWith('fff3'), startsWith('fff2'), startsWith('fffa'))],
];
const OFFICE = 'application/vnd.openxmlformats-officedocument.';
const isZip = startsWith('504b0304');
const isOldOffice = startsWith('d0cf11e0a1b11ae1');

/** By the bytes; office documents and texts also by what is declared. Null: it is something else than it says. */
export function fileTypeOf(content: Buffer, declared: string): string | null {
  const found = KINDS.find(([, test]) => test(content))?.[0];
  if (found) return found;
  if (declared.startsWith(OFFICE)) return isZip(content) ? declared : null;
  if (/^application\/(?:msword|vnd\.ms-)/.test(declared)) return isOldOffice(content) ? declared : null;
  if (declared === 'text/plain') return content.includes(0) ? null : declared;
  // An MP4 of any brand may be only sound.
  if (declared === 'audio/mp4') return hasWord('ftyp', 4)(content) ? declared : null;
  return KINDS.some(([type]) => type === declared) ? null : declared || 'application/octet-stream';
}

export interface SafeType {
  type: string;
  /** A browser may show it; anything else is saved. */
  inline: boolean;
  extension: string;
}

const isIsoMedia = hasWord('ftyp', 4);
/** What browsers show as it is, without running anything in it. */
const SHOWN: [type: string, extension: string, test: Test][] = [
  ['image/png', 'png', startsWith('89504e470d0a1a0a')],
  ['image/jpeg', 'jpg', startsWith('ffd8ff')],
  ['image/gif', 'gif', hasWord('GIF8', 0)],
  ['image/webp', 'webp', both(hasWord('RIFF', 0), hasWord('WEBP', 8))],
  ['audio/wav', 'wav', both(hasWord('RIFF', 0), hasWord('WAVE', 8))],
  ['application/pdf', 'pdf', hasWord('%PDF-', 0)],
  ['audio/ogg', 'ogg', hasWord('OggS', 0)],
  [
    'audio/mpeg',
    'mp3',
    either(hasWord('ID3', 0), startsWith('fffb'), startsWith('fff3'), startsWith('fff2'), startsWith('fffa')),
  ],
  ['audio/aac', 'aac', either(startsWith('fff1'), startsWith('fff9'))],
  ['video/webm', 'webm', startsWith('1a45dfa3')],
];

/** By the bytes alone, whatever anybody declares. `kind`: an MP4 may be only sound. */
export function safeTypeOf(content: Buffer, kind: string): SafeType {
  const found = SHOWN.find(([, , test]) => test(content));
  if (found) return { type: found[0], extension: found[1], inline: true };
  const isSound = kind === 'voice' || kind === 'audio' || hasWord('M4A', 8)(content);
  if (isIsoMedia(content)) {
    return isSound
      ? { type: 'audio/mp4', extension: 'm4a', inline: true }
      : { type: 'video/mp4', extension: 'mp4', inline: true };
  }
  return { type: 'application/octet-stream', extension: 'bin', inline: false };
}
