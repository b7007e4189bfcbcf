import { splitPassages } from './split-passages.ts';
import { tokenize } from './tokenize.ts';
import { wordFeatures } from './word-features.ts';

export interface Searchable {
  id: string;
  title: string;
  content: string;
}

export interface RankedEntry<Entry extends Searchable> {
  entry: Entry;
  score: number;
  /** The part of the content that made the score. */
  passage: string;
  /** The words of that part and of the title, each once. */
  words: () => string[];
}

// BM25 (Robertson & Zaragoza 2009): how soon a repeated word stops counting, and how much long passages are held back.
const K1 = 1;
const B = 0.75;
/** A word of the title counts as often as this many in the content. */
const TITLE_TIMES = 3;
/** Far beyond any one topic's words: what is in so many passages tells them apart no more and would only take time. */
const MAX_OCCURRENCES = 10_000;
/** Two numbers in a list, one among the passage's words. */
const BYTES_PER_POSTING = 20;

/**
 * BM25 over words, stems and letter grams, by passage: an entry is as good as its best passage, so that a long one is
 * found by one paragraph. Only words have postings; a stem or gram is looked up as the words that contain it, which gives
 * the same figures as indexing it and keeps the index near the size of its text.
 */
export function createSearchIndex<Entry extends Searchable>() {
  const entries: Entry[] = [];
  /** By passage: its text, its entry's place, its length in words, its words. */
  const passages: string[] = [];
  const entryOf: number[] = [];
  const lengths: number[] = [];
  const wordIdsOf: Uint32Array[] = [];
  const vocabulary: string[] = [];
  const wordIds = new Map<string, number>();
  /** By word id: passage, occurrences, passage, occurrences … */
  const postings: number[][] = [];
  const wordsOf = new Map<string, number[]>();
  let totalLength = 0;
  let size = 0;

  function idOf(word: string): number {
    const known = wordIds.get(word);
    if (known !== undefined) return known;
    const id = vocabulary.push(word) - 1;
    postings.push([]);
    wordIds.set(word, id);
    for (const { key } of wordFeatures(word)) {
      const words = wordsOf.get(key);
      if (words) words.push(id);
      else wordsOf.set(key, [id]);
    }
    return id;
  }

  function addPassage(entry: number, text: string, titleWords: string[]): void {
    const words = tokenize(text);
    const counts = new Map<number, number>();
    const count = (word: string, times: number) => {
      const id = idOf(word);
      counts.set(id, (counts.get(id) ?? 0) + times);
    };
    for (const word of words) count(word, 1);
    for (const word of titleWords) count(word, TITLE_TIMES);
    const passage = passages.push(text) - 1;
    entryOf.push(entry);
    for (const [id, times] of counts) postings[id]?.push(passage, times);
    const length = words.length + titleWords.length;
    lengths.push(length);
    wordIdsOf.push(Uint32Array.from(counts.keys()));
    totalLength += length;
    size += text.length * 2 + counts.size * BYTES_PER_POSTING;
  }

  /** Adds a feature's occurrences to `counts` by passage; tells which passages, and how many entries they belong to. */
  function occurrences(key: string, counts: Uint32Array): { found: number[]; entryCount: number } {
    const found: number[] = [];
    const words = wordsOf.get(key) ?? [];
    const inMany = words.reduce((sum, id) => sum + (postings[id] as number[]).length / 2, 0) > MAX_OCCURRENCES;
    if (inMany && !key.startsWith('^')) return { found, entryCount: entries.length };
    for (const id of words) {
      const list = postings[id] as number[];
      for (let i = 0; i < list.length; i += 2) {
        const passage = list[i] as number;
        if (counts[passage] === 0) found.push(passage);
        counts[passage] = (counts[passage] as number) + (list[i + 1] as number);
      }
    }
    if (passages.length === entries.length) return { found, entryCount: found.length };
    return { found, entryCount: new Set(found.map((passage) => entryOf[passage])).size };
  }

  const idf = (entryCount: number): number => Math.log(1 + (entries.length - entryCount + 0.5) / (entryCount + 0.5));

  function scorePassages(words: readonly string[]): Float64Array {
    const scores = new Float64Array(passages.length);
    const weights = new Map<string, number>();
    for (const word of words)
      for (const { key, weight } of wordFeatures(word)) weights.set(key, (weights.get(key) ?? 0) + weight);
    const meanLength = totalLength / Math.max(1, passages.length);
    const held = Float64Array.from(lengths, (length) => K1 * (1 - B + (B * length) / meanLength));
    const counts = new Uint32Array(passages.length);
    for (const [key, weight] of weights) {
      const { found, entryCount } = occurrences(key, counts);
      const rarity = weight * idf(entryCount) * (K1 + 1);
      for (const passage of found) {
        const times = counts[passage] as number;
        counts[passage] = 0;
        scores[passage] = (scores[passage] as number) + (rarity * times) / (times + (held[passage] as number));
      }
    }
    return scores;
  }

  return {
    /** Adds a passage a step, so that much text can be added between other work. Not to be searched before the last step. */
    *adding(entry: Entry): Generator<void> {
      const at = entries.push(entry) - 1;
      const titleWords = tokenize(entry.title);
      for (const text of splitPassages(entry.content)) {
        addPassage(at, text, titleWords);
        yield;
      }
    },

    /** Entries that share anything with the words, best first. */
    rank(words: readonly string[], limit: number): RankedEntry<Entry>[] {
      const scores = scorePassages(words);
      const best = new Map<number, number>();
      scores.forEach((score, passage) => {
        const entry = entryOf[passage] as number;
        const known = best.get(entry);
        if (score > 0 && (known === undefined || score > (scores[known] as number))) best.set(entry, passage);
      });
      return [...best]
        .map(([entry, passage]) => ({
          entry: entries[entry] as Entry,
          score: scores[passage] as number,
          passage: passages[passage] as string,
          words: () => Array.from(wordIdsOf[passage] as Uint32Array, (id) => vocabulary[id] as string),
        }))
        .sort((a, b) => b.score - a.score)
        .slice(0, limit);
    },

    /** How rare a word is here, by its stem; a word nobody wrote counts as one written once. */
    rarity(word: string): number {
      const stem = wordFeatures(word)[1];
      return idf(stem ? Math.max(1, occurrences(stem.key, new Uint32Array(passages.length)).entryCount) : 1);
    },

    /** Entries that hold all the words, each as a part of a word of theirs: what a person looking for an entry types. */
    containing(words: readonly string[]): Entry[] {
      if (words.length === 0) return [];
      const met = new Uint32Array(entries.length);
      for (const [nth, word] of words.entries()) {
        for (const [id, known] of vocabulary.entries()) {
          if (!known.includes(word)) continue;
          const list = postings[id] as number[];
          for (let i = 0; i < list.length; i += 2) {
            const entry = entryOf[list[i] as number] as number;
            if (met[entry] === nth) met[entry] = nth + 1;
          }
        }
      }
      return entries.filter((_, entry) => met[entry] === words.length);
    },

    /** Rough bytes held, for the cache that keeps indexes. */
    get bytes(): number {
      return size;
    },
  };
}

export type SearchIndex<Entry extends Searchable> = ReturnType<typeof createSearchIndex<Entry>>;
