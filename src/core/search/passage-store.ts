import type { Passage, Searchable } from './read-passages.ts';
import { createWordPostings } from './word-postings.ts';

/** Two numbers in a list, one among the passage's words. */
const BYTES_PER_POSTING = 20;

/** Entries as passages, each at a place: what is known of a passage stands at that place in each of the lists. */
export function createPassageStore<Entry extends Searchable>() {
  const entries = new Map<string, { entry: Entry; number: number; places: number[] }>();
  /** By place. Places of removed passages are used again. */
  const entryOf: (Entry | undefined)[] = [];
  const passages: string[] = [];
  const lengths: number[] = [];
  const isQuestion: boolean[] = [];
  const wordIdsOf: Uint32Array[] = [];
  const titleWordsOf: (readonly string[])[] = [];
  const free: number[] = [];
  /** By place: the entry's number. */
  const numberOf: number[] = [];
  const freeNumbers: number[] = [];
  const postings = createWordPostings();
  let inOrder: Entry[] | null = null;
  let totalLength = 0;
  let contentCount = 0;
  let size = 0;

  const bytesOf = (place: number): number =>
    (passages[place] as string).length * 2 + (wordIdsOf[place] as Uint32Array).length * BYTES_PER_POSTING;

  function addPassage(entry: Entry, number: number, passage: Passage): number {
    const place = free.pop() ?? passages.length;
    entryOf[place] = entry;
    numberOf[place] = number;
    passages[place] = passage.text;
    lengths[place] = passage.length;
    isQuestion[place] = passage.isQuestion;
    titleWordsOf[place] = passage.titleWords;
    wordIdsOf[place] = postings.add(place, passage.counts);
    weighIn(place, 1);
    return place;
  }

  function weighIn(place: number, sign: 1 | -1): void {
    size += sign * bytesOf(place);
    if (isQuestion[place]) return;
    totalLength += sign * (lengths[place] as number);
    contentCount += sign;
  }

  function remove(id: string): void {
    const known = entries.get(id);
    if (!known) return;
    entries.delete(id);
    freeNumbers.push(known.number);
    inOrder = null;
    const gone = new Set(known.places);
    for (const word of new Set(known.places.flatMap((place) => [...(wordIdsOf[place] as Uint32Array)]))) {
      postings.remove(word, gone);
    }
    for (const place of known.places) {
      weighIn(place, -1);
      entryOf[place] = undefined;
      passages[place] = '';
      wordIdsOf[place] = new Uint32Array();
      free.push(place);
    }
  }

  /** By id, so that every process gives the AI the same text. */
  function all(): readonly Entry[] {
    inOrder ??= Array.from(entries.values(), ({ entry }) => entry).sort((a, b) => (a.id < b.id ? -1 : 1));
    return inOrder;
  }

  return {
    entries: entries as ReadonlyMap<string, { entry: Entry; number: number; places: number[] }>,
    entryOf,
    passages,
    lengths,
    isQuestion,
    wordIdsOf,
    titleWordsOf,
    numberOf,
    postings,

    /** Replaces the entry of the same id. */
    put(entry: Entry, read: readonly Passage[]): void {
      remove(entry.id);
      const number = freeNumbers.pop() ?? entries.size;
      entries.set(entry.id, { entry, number, places: read.map((passage) => addPassage(entry, number, passage)) });
      inOrder = null;
    },

    remove,
    all,

    /** Numbers of entries lie below this. */
    numbers: (): number => entries.size + freeNumbers.length,

    meanLength: (): number => totalLength / Math.max(1, contentCount),

    bytes: (): number => size + postings.vocabularyBytes(),
  };
}
