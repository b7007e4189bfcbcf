// The beginnings of files, as long as wanted.
const sample = (head: Buffer, bytes: number): Buffer => Buffer.concat([head, Buffer.alloc(Math.max(0, bytes - head.length), 1)]);

export const jpeg = (bytes = 64): Buffer => sample(Buffer.from('ffd8ffe000104a464946', 'hex'), bytes);
export const pdf = (bytes = 64): Buffer => sample(Buffer.from('%PDF-1.7\n'), bytes);
export const m4a = (bytes = 64): Buffer => sample(Buffer.from('\0\0\0\x20ftypM4A '), bytes);

/** OGG with Opus inside, as Telegram's voice notes. */
export const opus = (bytes = 64): Buffer =>
  sample(Buffer.concat([Buffer.from('OggS'), Buffer.alloc(24), Buffer.from('OpusHead')]), bytes);

/** A voice note that plays so long, in two pages. */
export function voiceNote(seconds: number): Buffer {
  const last = Buffer.concat([Buffer.from('OggS'), Buffer.alloc(24)]);
  last.writeBigUInt64LE(BigInt(Math.round(seconds * 48_000)), 6);
  return Buffer.concat([opus(), last, Buffer.alloc(40, 2)]);
}
