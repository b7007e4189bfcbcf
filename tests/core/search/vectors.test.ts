import { expect, test } from 'vitest';
import { mostSimilar, type PassageVectors, passageVectors, quantize } from '../../../src/core/search/vectors.ts';

const bytesOf = (vectors: Int8Array[]): Uint8Array =>
  new Uint8Array(Buffer.concat(vectors.map((vector) => Buffer.from(vector.buffer))));
const entryOf = (id: string, ...vectors: number[][]): PassageVectors =>
  passageVectors(id, bytesOf(vectors.map(quantize)), vectors[0]?.length ?? 0) as PassageVectors;

test('bytes keep the direction of a vector to within a hundredth', () => {
  const values = Array.from({ length: 768 }, (_, i) => Math.sin(i) / 30);
  const [same] = mostSimilar(
    quantize(values),
    [
      entryOf(
        'a',
        values.map((value) => value * 7),
      ),
    ],
    1,
  );
  expect(same?.similarity).toBeGreaterThan(0.99);
});

test('the passage that points the same way is found, of whatever entry', () => {
  const entries = [entryOf('a', [1, 0, 0], [0, 1, 0]), entryOf('b', [0, -0.1, 1]), entryOf('zero', [0, 0, 0])];
  expect(mostSimilar(quantize([0, 0.9, 0.1]), entries, 2)).toMatchObject([
    { id: 'a', at: 1 },
    { id: 'b', at: 0 },
  ]);
});

test('bytes of another size are no vectors', () => {
  expect(passageVectors('a', new Uint8Array(10), 768)).toBeNull();
  expect(passageVectors('a', new Uint8Array(), 768)).toBeNull();
});
