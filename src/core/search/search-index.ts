import { createOccurrences } from './occurrences.ts';
import { type Passage, readPassages, type Searchable } from './read-passages.ts';
import { wordFeatures } from './word-features.ts';
import { createWordPostings } from './word-postings.ts';

export type { Searchable } from './read-passages.ts';

export interface RankedEntry<Entry extends Searchable> {
  entry: Entry;
  score: number;
  passage: string;
  words: () => string[];
  questionWords: () => string[];
  /** Of the title alone, or of a pair's question. */
  titleWords: () => readonly string[];
}

// BM25 (Robertson & Zaragoza 2009): saturation of repeated words, and normalisation by passage length.
const K1 = 1;
const B = 0.75;
/** Two numbers in a list, one among the passage's words. */
const BYTES_PER_POSTING = 20;
/** A question is a guess about the entry, so it counts less than the entry's own words. */
const QUESTION_WEIGHT = 0.6;

// BM25 over words, stems and letter grams, by passage: a long entry is found by one paragraph. Only words have postings; a stem
// or gram is looked up as the words that contain it, which gives equal scores and keeps the index small.
export function createSearchIndex<Entry extends Searchable>() {
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
  const occurrences = createOccurrences({ postings, numberOf, entryCount: () => entries.size });
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
    occurrences.forget();
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
    occurrences.forget();
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

  const idf = (entryCount: number): number => Math.log(1 + (entries.size - entryCount + 0.5) / (entryCount + 0.5));

  function scorePassages(words: ReadonlyMap<string, number>): Float64Array {
    const scores = new Float64Array(passages.length);
    const weights = new Map<string, number>();
    for (const [word, times] of words) {
      for (const { key, weight } of wordFeatures(word)) weights.set(key, (weights.get(key) ?? 0) + weight * times);
    }
    const meanLength = totalLength / Math.max(1, contentCount);
    for (const [key, weight] of weights) {
      const { places, times, entryCount } = occurrences.of(key);
      const rarity = weight * idf(entryCount) * (K1 + 1);
      for (let i = 0; i < places.length; i += 1) {
        const [place, count] = [places[i] as number, times[i] as number];
        const held = K1 * (1 - B + (B * (lengths[place] as number)) / meanLength);
        scores[place] = (scores[place] as number) + (rarity * count) / (count + held);
      }
    }
    return scores;
  }

  /** By id, so that every process gives the AI the same text. */
  function all(): readonly Entry[] {
    inOrder ??= Array.from(entries.values(), ({ entry }) => entry).sort((a, b) => (a.id < b.id ? -1 : 1));
    return inOrder;
  }

  return {
    /** One passage per step, so that other work runs in between. The last step replaces the entry of the same id. */
    *adding(entry: Entry): Generator<void> {
      const read: Passage[] = [];
      for (const passage of readPassages(entry)) {
        // New words take most of the time. They change nothing that is found.
        postings.learn(passage.counts.keys());
        read.push(passage);
        yield;
      }
      remove(entry.id);
      const number = freeNumbers.pop() ?? entries.size;
      entries.set(entry.id, { entry, number, places: read.map((passage) => addPassage(entry, number, passage)) });
      inOrder = null;
    },

    remove,

    /** Best first: by the best passage of each entry, and in part by the question of it that is most alike. */
    rank(words: ReadonlyMap<string, number>, limit: number): RankedEntry<Entry>[] {
      const scores = scorePassages(words);
      const best = new Map<Entry, { passage?: number; question?: number }>();
      scores.forEach((score, place) => {
        if (score <= 0) return;
        const entry = entryOf[place] as Entry;
        const kind = isQuestion[place] ? 'question' : 'passage';
        const known = best.get(entry);
        if (!known) best.set(entry, { [kind]: place });
        else if (known[kind] === undefined || score > (scores[known[kind]] as number)) known[kind] = place;
      });
      const scoreOf = (place: number | undefined): number => (place === undefined ? 0 : (scores[place] as number));
      const wordsOf = (place: number | undefined): string[] =>
        place === undefined ? [] : Array.from(wordIdsOf[place] as Uint32Array, postings.word);
      return [...best]
        .map(([entry, { passage, question }]) => {
          const shown = passage ?? (entries.get(entry.id)?.places[0] as number);
          return {
            entry,
            score: scoreOf(passage) + QUESTION_WEIGHT * scoreOf(question),
            passage: passages[shown] as string,
            titleWords: () => titleWordsOf[shown] as readonly string[],
            words: () => wordsOf(passage),
            questionWords: () => wordsOf(question),
          };
        })
        .sort((a, b) => b.score - a.score)
        .slice(0, limit);
    },

    /** By the stem, else by the meaning; an unknown word counts as one that occurs once. */
    rarity(word: string, notions: Iterable<string> = []): number {
      const stem = wordFeatures(word)[1];
      const counts = [stem?.key ?? word, ...notions].map((key) => occurrences.of(key).entryCount);
      return idf(counts.find((count) => count > 0) ?? 1);
    },

    knows(word: string): boolean {
      const [whole, stem] = wordFeatures(word);
      return postings.withFeature((stem ?? whole)?.key ?? '').some((id) => postings.list(id).length > 0);
    },

    /** Entries with all words, also as parts of words. */
    containing(words: readonly string[]): Entry[] {
      if (words.length === 0) return [];
      const met = new Uint32Array(entries.size + freeNumbers.length);
      for (const [nth, word] of words.entries()) {
        for (const list of postings.containing(word)) {
          for (let i = 0; i < list.length; i += 2) {
            const place = list[i] as number;
            const number = numberOf[place] as number;
            if (met[number] === nth && !isQuestion[place]) met[number] = nth + 1;
          }
        }
      }
      return all().filter(({ id }) => met[entries.get(id)?.number as number] === words.length);
    },

    all,

    isWorn: postings.isWorn,

    /** Approximate bytes, for the cache of indexes. */
    get bytes(): number {
      return size + postings.vocabularyBytes();
    },
  };
}

export type SearchIndex<Entry extends Searchable> = ReturnType<typeof createSearchIndex<Entry>>;
