// Source: RFC 3533 (pages of Ogg), RFC 7845 (Opus counts 48,000 samples a second), the Vorbis I specification (2026-11).
const PAGE = Buffer.from('OggS');
const PAGE_HEAD_BYTES = 27;
const POSITION_AT = 6;
const NO_POSITION = 0xffff_ffff_ffff_ffffn;
const OPUS_RATE = 48_000;
const VORBIS = Buffer.from('\x01vorbis', 'latin1');
const VORBIS_RATE_AT = 12;

/** How long a voice note plays, by its pages. Null: these bytes are no Ogg. */
export function oggSeconds(bytes: Buffer): number | null {
  if (!bytes.subarray(0, PAGE.length).equals(PAGE)) return null;
  let last = 0n;
  for (let at = 0; at >= 0 && at + PAGE_HEAD_BYTES <= bytes.length; at = bytes.indexOf(PAGE, at + PAGE.length)) {
    const position = bytes.readBigUInt64LE(at + POSITION_AT);
    if (position !== NO_POSITION && position > last) last = position;
  }
  return Number(last) / rateOf(bytes);
}

function rateOf(bytes: Buffer): number {
  const head = bytes.subarray(0, 512);
  const at = head.indexOf(VORBIS) + VORBIS_RATE_AT;
  return at >= VORBIS_RATE_AT && at + 4 <= head.length ? head.readUInt32LE(at) || OPUS_RATE : OPUS_RATE;
}
