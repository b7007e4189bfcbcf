import { createOccurrences } from './occurrences.ts';
import { createPassageStore } from './passage-store.ts';
import { type Passage, readPassages, type Searchable } from './read-passages.ts';
import { wordFeatures } from './word-features.ts';

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
/** A question is a guess about the entry, so it counts less than the entry's own words. */
const QUESTION_WEIGHT = 0.6;

// BM25 over words, stems and letter grams, by passage: a long entry is found by one paragraph. Only words have postings; a stem
// or gram is looked up as the words that contain it, which gives equal scores and keeps the index small.
export function createSearchIndex<Entry extends Searchable>() {
  const store = createPassageStore<Entry>();
  const { entries, entryOf, passages, lengths, isQuestion, wordIdsOf, titleWordsOf, numberOf, postings, all } = store;
  const occurrences = createOccurrences({ postings, numberOf, entryCount: () => entries.size });

  const idf = (entryCount: number): number => Math.log(1 + (entries.size - entryCount + 0.5) / (entryCount + 0.5));

  function scorePassages(words: ReadonlyMap<string, number>): Float64Array {
    const scores = new Float64Array(passages.length);
    const weights = new Map<string, number>();
    for (const [word, times] of words) {
      for (const { key, weight } of wordFeatures(word)) weights.set(key, (weights.get(key) ?? 0) + weight * times);
    }
    const meanLength = store.meanLength();
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
      store.put(entry, read);
      occurrences.forget();
    },

    remove(id: string): void {
      store.remove(id);
      occurrences.forget();
    },

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
      const met = new Uint32Array(store.numbers());
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
      return store.bytes();
    },
  };
}

export type SearchIndex<Entry extends Searchable> = ReturnType<typeof createSearchIndex<Entry>>;
