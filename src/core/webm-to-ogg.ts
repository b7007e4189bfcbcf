import { oggOpus } from './ogg-opus.ts';

// Source: RFC 8794 (EBML) and RFC 9559 (Matroska); Chromium's MediaRecorder writes no lacing and no encryption (2026-11).
const [SEGMENT, TRACKS, TRACK, CLUSTER, GROUP] = [0x18538067, 0x1654ae6b, 0xae, 0x1f43b675, 0xa0];
const MASTERS = new Set([SEGMENT, TRACKS, TRACK, CLUSTER, GROUP]);
const [CODEC, HEAD, SIMPLE_BLOCK, BLOCK] = [0x86, 0x63a2, 0xa3, 0xa1];
const LACING = 0x06;
const EBML = 0x1a45dfa3;

export const isWebm = (content: Buffer): boolean => content.length > 4 && content.readUInt32BE(0) === EBML;

/** The same sound in OGG, which messengers play as a voice message: the packets stay as they are. Null: no Opus in it. */
export function webmToOgg(content: Buffer): { content: Buffer; seconds: number } | null {
  let codec = '';
  let head: Buffer | null = null;
  const packets: Buffer[] = [];
  for (const { id, data } of elementsOf(content)) {
    if (id === CODEC) codec = data.toString('latin1');
    if (id === HEAD) head = data;
    if (id !== SIMPLE_BLOCK && id !== BLOCK) continue;
    const track = vintAt(data, 0);
    // After the track: two bytes of time and one of flags.
    if (!track || ((data[track.length + 2] ?? 0) & LACING) !== 0) return null;
    packets.push(data.subarray(track.length + 3));
  }
  return codec === 'A_OPUS' && head?.toString('latin1', 0, 8) === 'OpusHead' ? oggOpus(head, packets) : null;
}

/** Elements in the order of the file. Those that hold others are entered, so their sizes do not matter. */
function* elementsOf(content: Buffer): Generator<{ id: number; data: Buffer }> {
  for (let at = 0; at < content.length; ) {
    const id = idAt(content, at);
    const size = id && vintAt(content, at + id.length);
    if (!id || !size) return;
    at += id.length + size.length;
    if (MASTERS.has(id.value)) continue;
    yield { id: id.value, data: content.subarray(at, at + size.value) };
    at += size.value;
  }
}

interface Vint {
  value: number;
  length: number;
}

function lengthAt(content: Buffer, at: number): number | null {
  const length = Math.clz32(content[at] ?? 0) - 23;
  return length <= 8 && at + length <= content.length ? length : null;
}

function idAt(content: Buffer, at: number): Vint | null {
  const length = lengthAt(content, at);
  return length && length <= 4 ? { value: content.readUIntBE(at, length), length } : null;
}

function vintAt(content: Buffer, at: number): Vint | null {
  const length = lengthAt(content, at);
  if (!length) return null;
  let value = (content[at] as number) & (0xff >> length);
  for (let i = 1; i < length; i += 1) value = value * 256 + (content[at + i] as number);
  return { value, length };
}
