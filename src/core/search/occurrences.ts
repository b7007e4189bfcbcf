import type { WordPostings } from './word-postings.ts';

/** How often a feature occurs in each place. */
interface Occurrences {
  places: readonly number[];
  times: readonly number[];
  entryCount: number;
}

/** A word in so many passages no longer tells them apart and only takes time. */
const MAX_OCCURRENCES = 10_000;
/** In places, each of 16 bytes. */
const MAX_REMEMBERED = 100_000;

interface Deps {
  postings: WordPostings;
  /** By place: the number of its entry. */
  numberOf: readonly number[];
  entryCount: () => number;
}

/** Counts once per state of the index, because customers ask with the same words again and again. */
export function createOccurrences({ postings, numberOf, entryCount }: Deps) {
  const known = new Map<string, Occurrences>();
  let remembered = 0;
  /** By place; all 0 between calls. */
  let counts = new Uint32Array();
  /** By entry's number: the latest counting it was met in. */
  let countedIn = new Uint32Array();
  let countings = 0;

  function forget(): void {
    known.clear();
    remembered = 0;
  }

  function read(key: string): Occurrences {
    const words = postings.withFeature(key);
    const inMany = words.reduce((sum, id) => sum + postings.list(id).length / 2, 0) > MAX_OCCURRENCES;
    if (inMany && !key.startsWith('^')) return { places: [], times: [], entryCount: entryCount() };
    if (counts.length < numberOf.length) {
      counts = new Uint32Array(numberOf.length * 2);
      countedIn = new Uint32Array(counts.length);
    }
    const places: number[] = [];
    for (const id of words) {
      const list = postings.list(id);
      for (let i = 0; i < list.length; i += 2) {
        const place = list[i] as number;
        if (counts[place] === 0) places.push(place);
        counts[place] = (counts[place] as number) + (list[i + 1] as number);
      }
    }
    const times = places.map((place) => counts[place] as number);
    for (const place of places) counts[place] = 0;
    return { places, times, entryCount: countEntries(places) };
  }

  function countEntries(places: readonly number[]): number {
    let count = 0;
    countings += 1;
    for (const place of places) {
      const number = numberOf[place] as number;
      if (countedIn[number] === countings) continue;
      countedIn[number] = countings;
      count += 1;
    }
    return count;
  }

  return {
    of(key: string): Occurrences {
      const before = known.get(key);
      if (before) return before;
      const found = read(key);
      remembered += 1 + found.places.length;
      if (remembered > MAX_REMEMBERED) forget();
      known.set(key, found);
      return found;
    },

    /** Call it with every change of the index. */
    forget,
  };
}
