// Source: RFC 3533 (Ogg), RFC 7845 (Opus in Ogg), RFC 6716 section 3.1 (the first byte of a packet).
const RATE = 48_000;
const PACKETS_PER_PAGE = 50;
const MAX_SEGMENTS = 255;
const SERIAL = 1;
const [FIRST, LAST] = [2, 4];
const TAGS = Buffer.concat([Buffer.from('OpusTags'), Buffer.alloc(8)]);

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc >>> 0;
});

function crcOf(page: Buffer): number {
  let crc = 0;
  for (const byte of page) crc = ((crc << 8) ^ (CRC_TABLE[((crc >>> 24) ^ byte) & 0xff] as number)) >>> 0;
  return crc;
}

/** Null: no packets, or one that no page can hold. */
export function oggOpus(head: Buffer, packets: readonly Buffer[]): { content: Buffer; seconds: number } | null {
  if (packets.length === 0) return null;
  const pages = [page([head], { flags: FIRST, samples: 0, number: 0 }), page([TAGS], { flags: 0, samples: 0, number: 1 })];
  let samples = 0;
  for (let from = 0; from < packets.length; ) {
    const group = groupFrom(packets, from);
    if (group.length === 0) return null;
    from += group.length;
    samples += group.reduce((sum, packet) => sum + samplesOf(packet), 0);
    pages.push(page(group, { flags: from >= packets.length ? LAST : 0, samples, number: pages.length }));
  }
  return { content: Buffer.concat(pages), seconds: Math.max(1, Math.round(samples / RATE)) };
}

const segmentsOf = (packet: Buffer): number => Math.floor(packet.length / 255) + 1;

/** As many packets as fit on one page, whole. */
function groupFrom(packets: readonly Buffer[], from: number): Buffer[] {
  const group: Buffer[] = [];
  let segments = 0;
  for (const packet of packets.slice(from, from + PACKETS_PER_PAGE)) {
    segments += segmentsOf(packet);
    if (segments > MAX_SEGMENTS) break;
    group.push(packet);
  }
  return group;
}

function page(
  packets: readonly Buffer[],
  { flags, samples, number }: { flags: number; samples: number; number: number },
): Buffer {
  const segments = packets.flatMap((packet) => [...Array(segmentsOf(packet) - 1).fill(255), packet.length % 255]);
  const header = Buffer.alloc(27);
  header.write('OggS', 0, 'latin1');
  header[5] = flags;
  header.writeBigUInt64LE(BigInt(samples), 6);
  header.writeUInt32LE(SERIAL, 14);
  header.writeUInt32LE(number, 18);
  header[26] = segments.length;
  const whole = Buffer.concat([header, Buffer.from(segments), ...packets]);
  whole.writeUInt32LE(crcOf(whole), 22);
  return whole;
}

/** How long a packet sounds, at 48 kHz. */
function samplesOf(packet: Buffer): number {
  const first = packet[0] ?? 0;
  const config = first >> 3;
  const frame =
    config < 12 ? [480, 960, 1920, 2880][config % 4] : config < 16 ? [480, 960][config % 2] : [120, 240, 480, 960][config % 4];
  const frames = [1, 2, 2, (packet[1] ?? 0) & 0x3f][first & 3];
  return (frame as number) * (frames as number);
}
