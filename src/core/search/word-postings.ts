import { wordFeatures } from './word-features.ts';

// Measured with V8 13 on random words: a word's strings, its place in the map and its list; a new key and its list; one id.
const BYTES_PER_WORD = 120;
const BYTES_PER_KEY = 130;
const BYTES_PER_ID = 10;
/** Any language has fewer forms in a shop's texts. Words beyond are found whole and by their stem, without letter grams. */
const MAX_WORDS_WITH_GRAMS = 60_000;
/** S69 (memory): 20 MB of a language have fewer. Words beyond are not found. */
export const MAX_WORDS = 200_000;
/** So many that no longer occur are worth no work. */
const UNUSED_WORDS = 10_000;
const NEVER: readonly number[] = [];
const isGram = (key: string): boolean => !/^[=^#]/.test(key);

/** In which places each word occurs, and which words have a stem or gram. A word once known stays known. */
export function createWordPostings() {
  const words: string[] = [];
  const idOf = new Map<string, number>();
  /** By word id: place, occurrences, place, occurrences … */
  const lists: (number[] | typeof NEVER)[] = [];
  const idsByFeature = new Map<string, number[]>();
  let vocabularyBytes = 0;
  let occurring = 0;

  function idFor(word: string): number | null {
    const known = idOf.get(word);
    if (known !== undefined) return known;
    if (words.length >= MAX_WORDS) return null;
    const id = words.push(word) - 1;
    lists.push(NEVER);
    idOf.set(word, id);
    vocabularyBytes += BYTES_PER_WORD + word.length;
    for (const { key } of wordFeatures(word)) {
      if (id >= MAX_WORDS_WITH_GRAMS && isGram(key)) continue;
      const ids = idsByFeature.get(key);
      vocabularyBytes += ids ? BYTES_PER_ID : BYTES_PER_KEY + key.length;
      if (ids) ids.push(id);
      else idsByFeature.set(key, [id]);
    }
    return id;
  }

  return {
    /** Approximate. A word once known stays known, so this never shrinks. */
    vocabularyBytes: (): number => vocabularyBytes,

    /** Words that no longer occur outnumber the others: an index made anew is smaller. */
    isWorn: (): boolean => words.length - occurring > UNUSED_WORDS + occurring,

    word: (id: number): string => words[id] as string,
    list: (id: number): readonly number[] => lists[id] as number[],
    withFeature: (key: string): readonly number[] => idsByFeature.get(key) ?? [],

    /** Before they occur, so that it can be done little by little. */
    learn(words: Iterable<string>): void {
      for (const word of words) idFor(word);
    },

    /** Returns the ids of the words. */
    add(place: number, counts: ReadonlyMap<string, number>): Uint32Array {
      const ids: number[] = [];
      for (const [word, times] of counts) {
        const id = idFor(word);
        if (id === null) continue;
        ids.push(id);
        const list = lists[id] as number[];
        if (list.length > 0) {
          list.push(place, times);
          continue;
        }
        // A literal takes two numbers, a first push makes room for seventeen.
        lists[id] = [place, times];
        occurring += 1;
      }
      return Uint32Array.from(ids);
    },

    /** The order of a list does not matter, so the last pair takes the place of a removed one. */
    remove(id: number, places: ReadonlySet<number>): void {
      const list = lists[id] as number[];
      for (let i = list.length - 2; i >= 0; i -= 2) {
        if (!places.has(list[i] as number)) continue;
        const times = list.pop() as number;
        const place = list.pop() as number;
        if (i >= list.length) continue;
        list[i] = place;
        list[i + 1] = times;
      }
      if (list.length > 0) return;
      lists[id] = NEVER;
      occurring -= 1;
    },

    *containing(part: string): Generator<readonly number[]> {
      for (const [id, word] of words.entries()) {
        if (!word.startsWith('#') && word.includes(part)) yield lists[id] as number[];
      }
    },
  };
}

export type WordPostings = ReturnType<typeof createWordPostings>;
