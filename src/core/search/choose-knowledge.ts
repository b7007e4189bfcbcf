import { rankMatches } from './find-matches.ts';
import { withoutAccents } from './fold-text.ts';
import type { Searchable, SearchIndex } from './search-index.ts';
import { weighQuery } from './search-query.ts';
import { splitPassages } from './split-passages.ts';
import { tokenize } from './tokenize.ts';
import type { SimilarPassage } from './vectors.ts';

/** The whole knowledge of most small businesses, about 4,000 tokens. */
export const KNOWLEDGE_CHARS = 12_000;
const SECTION_CHARS = 3_000;
/** More entries than fit, so that short ones fill the room that a long one leaves. */
const CANDIDATES = 16;
const SEARCHED_ENTRIES = 6;
const STEM_LETTERS = 5;

export interface GivenEntry {
  id: string;
  title: string;
  content: string;
}

export interface GivenKnowledge {
  entries: GivenEntry[];
  isAll: boolean;
}

export function fitsPrompt<Entry extends Searchable>(index: SearchIndex<Entry>): boolean {
  const chars = index.all().reduce((sum, { title, content }) => sum + title.length + content.length, 0);
  return chars <= KNOWLEDGE_CHARS;
}

/** Everything, best first. An exact order is not worth its time. */
export function giveAll<Entry extends Searchable>(index: SearchIndex<Entry>, query: string): GivenKnowledge {
  const all = index.all();
  const ranked = index.rank(weighQuery({ text: query }).weights, all.length).map(({ entry }) => entry);
  const found = new Set(ranked);
  return { entries: [...ranked, ...all.filter((entry) => !found.has(entry))].map(asGiven), isAll: true };
}

/**
 * The best passages, by words and, where there are some, by `similar` ones. No threshold: an entry that shares no word may still
 * answer.
 */
export function giveBest<Entry extends Searchable>(
  index: SearchIndex<Entry>,
  query: string,
  similar: readonly SimilarPassage[] = [],
): GivenKnowledge {
  const parts = fuse(index, partsByWords(index, query), similar);
  return { entries: fill(parts), isAll: false };
}

/** Cached, so that what others derive from an entry can be cached by it. */
const givenEntries = new WeakMap<Searchable, GivenEntry>();

function asGiven(entry: Searchable): GivenEntry {
  const known = givenEntries.get(entry);
  if (known) return known;
  const given = { id: entry.id, title: entry.title, content: entry.content.trim() };
  givenEntries.set(entry, given);
  return given;
}

interface Part {
  entry: Searchable;
  passages: string[];
  at: number;
  score: number;
}

function partsByWords<Entry extends Searchable>(index: SearchIndex<Entry>, query: string): Part[] {
  const weighed = weighQuery({ text: query });
  const stems = [...new Set(weighed.asked.map(({ word }) => stemOf(word)))];
  return rankMatches(index, weighed, CANDIDATES).flatMap(({ entry, score, passage }, nth): Part[] => {
    const passages = splitPassages(entry.content);
    const best = Math.max(0, passages.indexOf(passage));
    if (passages.length === 1 || nth >= SEARCHED_ENTRIES) return [{ entry, passages, at: best, score }];
    const shared = passages.map((text) => sharedStems(text, stems));
    const most = Math.max(1, shared[best] as number);
    return passages.map((_, at) => ({
      entry,
      passages,
      at,
      score: at === best ? score : (score * 0.9 * (shared[at] as number)) / most,
    }));
  });
}

/** By value, each kind between 0 and 1: ranks of two languages cannot be compared. */
function fuse<Entry extends Searchable>(index: SearchIndex<Entry>, parts: Part[], similar: readonly SimilarPassage[]): Part[] {
  if (similar.length === 0) return parts;
  const best = Math.max(0, ...parts.map(({ score }) => score));
  const fused = parts.map((part) => ({ ...part, score: best === 0 ? 0 : part.score / best }));
  const [most, least] = [similar[0]?.similarity ?? 0, similar.at(-1)?.similarity ?? 0];
  const entries = new Map(index.all().map((entry) => [entry.id, entry]));
  for (const { id, at, similarity } of similar) {
    const entry = entries.get(id);
    const passages = entry && splitPassages(entry.content);
    // The vectors are of an older text, and new ones are being made.
    if (!entry || passages?.[at] === undefined) continue;
    const score = most === least ? 1 : (similarity - least) / (most - least);
    const known = fused.find((part) => part.entry.id === id && part.at === at);
    if (known) known.score += score;
    else fused.push({ entry, passages, at, score });
  }
  return fused;
}

function fill(parts: Part[]): GivenEntry[] {
  const taken = new Map<Searchable, { passages: string[]; places: Set<number> }>();
  let left = KNOWLEDGE_CHARS;
  for (const { entry, passages, at, score } of parts.sort((a, b) => b.score - a.score)) {
    if (score <= 0) break;
    const known = taken.get(entry) ?? { passages, places: new Set<number>() };
    const section = sectionAround(passages, at).filter((place) => !known.places.has(place));
    const size = section.reduce(
      (sum, place) => sum + (passages[place] as string).length,
      known.places.size === 0 ? entry.title.length : 0,
    );
    if (section.length === 0 || size > left) continue;
    left -= size;
    for (const place of section) known.places.add(place);
    taken.set(entry, known);
  }
  return [...taken].map(([{ id, title }, { passages, places }]) => ({ id, title, content: inOrder(passages, places) }));
}

/** A heading, or the rest of a list. */
function sectionAround(passages: readonly string[], at: number): number[] {
  let chars = (passages[at] as string).length;
  const section = [at];
  for (const place of [at - 1, at + 1]) {
    const passage = passages[place];
    if (passage === undefined || chars + passage.length > SECTION_CHARS) continue;
    chars += passage.length;
    section.push(place);
  }
  return section.sort((a, b) => a - b);
}

function inOrder(passages: readonly string[], places: ReadonlySet<number>): string {
  const sorted = [...places].sort((a, b) => a - b);
  return sorted
    .map((place, i) => `${i > 0 && sorted[i - 1] !== place - 1 ? '…\n' : ''}${(passages[place] as string).trim()}`)
    .join('\n');
}

const stemOf = (word: string): string => withoutAccents(word).slice(0, STEM_LETTERS);

function sharedStems(text: string, stems: readonly string[]): number {
  const known = new Set(tokenize(text).map(stemOf));
  return stems.filter((stem) => known.has(stem)).length;
}
