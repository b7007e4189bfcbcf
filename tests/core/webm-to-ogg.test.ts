import { expect, test } from 'vitest';
import { fileTypeOf } from '../../src/core/file-kind.ts';
import { isWebm, webmToOgg } from '../../src/core/webm-to-ogg.ts';

const HEAD = Buffer.concat([Buffer.from('OpusHead'), Buffer.from('0101380180bb0000000000', 'hex')]);
/** A packet of 20 ms. */
const packet = (bytes: number): Buffer => Buffer.concat([Buffer.from([0x78]), Buffer.alloc(bytes - 1, 7)]);
const element = (id: string, ...content: Buffer[]): Buffer => {
  const data = Buffer.concat(content);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(0x10000000 + data.length);
  return Buffer.concat([Buffer.from(id, 'hex'), size, data]);
};
/** As MediaRecorder streams it: its segment and clusters have no size. */
const openEnded = (id: string, ...content: Buffer[]): Buffer =>
  Buffer.concat([Buffer.from(id, 'hex'), Buffer.from('01ffffffffffffff', 'hex'), ...content]);
const block = (data: Buffer, flags = 0x80): Buffer => element('a3', Buffer.from([0x81, 0, 0, flags]), data);
const recording = (blocks: Buffer[], codec = 'A_OPUS'): Buffer =>
  Buffer.concat([
    element('1a45dfa3', Buffer.alloc(4)),
    openEnded(
      '18538067',
      element('1654ae6b', element('ae', element('86', Buffer.from(codec)), element('63a2', HEAD))),
      openEnded('1f43b675', ...blocks),
    ),
  ]);

/** The packets of an OGG file; throws where a page is not well formed. */
function packetsOf(ogg: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < ogg.length; ) {
    expect(ogg.toString('latin1', at, at + 4)).toBe('OggS');
    const lengths = [...ogg.subarray(at + 27, at + 27 + (ogg[at + 26] as number))];
    at += 27 + lengths.length;
    let open = Buffer.alloc(0);
    for (const length of lengths) {
      open = Buffer.concat([open, ogg.subarray(at, at + length)]);
      at += length;
      if (length === 255) continue;
      found.push(open);
      open = Buffer.alloc(0);
    }
  }
  return found;
}

test('every packet of a recording stands in the OGG file as it was, and the file tells how long it is', () => {
  const packets = Array.from({ length: 120 }, (_, nth) => packet(80 + nth * 3));
  const webm = recording(packets.map((one) => block(one)));
  expect(isWebm(webm)).toBe(true);
  const made = webmToOgg(webm);
  expect(fileTypeOf(made?.content as Buffer, '')).toBe('audio/ogg');
  const [head, tags, ...sound] = packetsOf(made?.content as Buffer);
  expect(head).toEqual(HEAD);
  expect(tags?.toString('latin1', 0, 8)).toBe('OpusTags');
  expect(sound).toEqual(packets);
  expect(made?.seconds).toBe(2);
});

test('a packet whose length is a whole number of segments ends, and large ones are spread over pages', () => {
  const packets = [packet(255), packet(510), ...Array.from({ length: 40 }, () => packet(4_000))];
  expect(packetsOf(webmToOgg(recording(packets.map((one) => block(one))))?.content as Buffer).slice(2)).toEqual(packets);
});

test('the checksum of a page is that of RFC 3533', () => {
  const ogg = webmToOgg(recording([block(packet(10))]))?.content as Buffer;
  const first = Buffer.from(ogg.subarray(0, 27 + 1 + HEAD.length));
  const told = first.readUInt32LE(22);
  first.writeUInt32LE(0, 22);
  let crc = 0;
  for (const byte of first)
    for (let bit = 7; bit >= 0; bit -= 1) crc = (((crc >>> 31) ^ (byte >> bit)) & 1 ? (crc << 1) ^ 0x04c11db7 : crc << 1) >>> 0;
  expect(told).toBe(crc);
});

test.each([
  ['another codec', recording([block(packet(10))], 'A_VORBIS')],
  ['several packets in a block', recording([block(packet(10), 0x86)])],
  ['no sound', recording([])],
  ['a cut file', recording([block(packet(10))]).subarray(0, 40)],
  ['noise', Buffer.from('1a45dfa3ffffffffffffffffffffffffffffffff00', 'hex')],
])('%s gives nothing', (_what, content) => {
  expect(webmToOgg(content)).toBe(null);
});
