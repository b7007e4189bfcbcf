/** Vectors of one entry's passages, one after the other, with their lengths. */
export interface PassageVectors {
  id: string;
  values: Int8Array;
  norms: Float32Array;
}

export interface SimilarPassage {
  /** Of the entry. */
  id: string;
  /** Which of its passages. */
  at: number;
  /** Cosine, -1 to 1. */
  similarity: number;
}

const MOST_INT8 = 127;
/** Of a vector. */
const BEGINNING = 256;
const CANDIDATES_PER_RESULT = 8;

/** Keeps the direction, which is all that cosine looks at. */
export function quantize(values: readonly number[]): Int8Array {
  const most = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return most === 0 ? new Int8Array(values.length) : Int8Array.from(values, (value) => Math.round((value / most) * MOST_INT8));
}

/** Null when the bytes are no whole number of vectors. */
export function passageVectors(id: string, bytes: Uint8Array, dimensions: number): PassageVectors | null {
  if (bytes.length === 0 || bytes.length % dimensions !== 0) return null;
  const values = Int8Array.from(bytes);
  const norms = Float32Array.from({ length: bytes.length / dimensions }, (_, at) =>
    Math.sqrt(dot(values, at * dimensions, values, at * dimensions, dimensions)),
  );
  return { id, values, norms };
}

/**
 * Best first. The beginnings choose the candidates, as embeddings of this family put what matters first (Matryoshka); the whole
 * vectors order them. 14,000 vectors take 10 ms.
 */
export function mostSimilar(query: Int8Array, all: Iterable<PassageVectors>, limit: number): SimilarPassage[] {
  const candidates: (SimilarPassage & { of: PassageVectors })[] = [];
  const beginning = Math.min(query.length, BEGINNING);
  const most = limit * CANDIDATES_PER_RESULT;
  let least = Number.NEGATIVE_INFINITY;
  for (const of of all) {
    const { values, norms, id } = of;
    for (let at = 0; at < norms.length; at += 1) {
      if (norms[at] === 0) continue;
      const similarity = dot(query, 0, values, at * query.length, beginning) / (norms[at] as number);
      if (similarity <= least) continue;
      candidates.push({ id, at, similarity, of });
      if (candidates.length < most * 2) continue;
      keepBest(candidates, most);
      least = candidates.at(-1)?.similarity ?? least;
    }
  }
  const length = Math.sqrt(dot(query, 0, query, 0, query.length));
  const whole = keepBest(candidates, most).map(({ id, at, of }) => ({ id, at, similarity: cosine(query, length, of, at) }));
  return keepBest(whole, limit);
}

const cosine = (query: Int8Array, length: number, { values, norms }: PassageVectors, at: number): number =>
  dot(query, 0, values, at * query.length, query.length) / (length * (norms[at] as number) || 1);

function keepBest<Found extends SimilarPassage>(found: Found[], limit: number): Found[] {
  found.sort((a, b) => b.similarity - a.similarity);
  found.length = Math.min(found.length, limit);
  return found;
}

function dot(a: Int8Array, fromA: number, b: Int8Array, fromB: number, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i += 1) sum += (a[fromA + i] as number) * (b[fromB + i] as number);
  return sum;
}
