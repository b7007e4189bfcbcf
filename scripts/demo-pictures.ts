// Pictures of cakes for `npm run demo`, painted pixel by pixel.
import { crc32, deflateSync } from 'node:zlib';

const [WIDTH, HEIGHT] = [480, 360];
const [PLATE_TOP, CAKE_LEFT, CAKE_RIGHT, CAKE_TOP] = [280, 110, 370, 120];
const LAYER = 20;

type Colour = readonly [number, number, number];
const [WALL, TABLE, PLATE, CHERRY]: readonly Colour[] = [
  [237, 230, 220],
  [150, 111, 84],
  [250, 250, 250],
  [190, 30, 45],
];

/** A cake with layers of these colours, as a PNG. */
export function cakePicture(sponge: Colour, cream: Colour): Buffer {
  const rows = Array.from({ length: HEIGHT }, (_, y) => {
    const pixels = Array.from({ length: WIDTH }, (__, x) => colourAt(x, y, sponge, cream));
    return Buffer.from([0, ...pixels.flat()]);
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  // Eight bits for each of red, green and blue.
  header.set([8, 2], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function colourAt(x: number, y: number, sponge: Colour, cream: Colour): Colour {
  const isCherry = [160, 240, 320].some((at) => (x - at) ** 2 + (y - CAKE_TOP) ** 2 < 200);
  if (isCherry) return CHERRY as Colour;
  if (x > CAKE_LEFT && x < CAKE_RIGHT && y >= CAKE_TOP && y < PLATE_TOP)
    return Math.floor((y - CAKE_TOP) / LAYER) % 3 === 0 ? cream : sponge;
  if (y >= PLATE_TOP && y < PLATE_TOP + 12 && x > 70 && x < 410) return PLATE as Colour;
  return (y >= PLATE_TOP ? TABLE : WALL) as Colour;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
