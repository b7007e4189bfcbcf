import { coverage } from './coverage.ts';
import type { RankedEntry, Searchable, SearchIndex } from './search-index.ts';
import { informativeWords } from './stop-words.ts';
import { tokenize } from './tokenize.ts';

/** A customer's longest message asks for no more than its first words do. */
const MAX_QUERY_WORDS = 100;
const CANDIDATES = 10;

// Nothing fits when even the best candidate covers less than this share of what is asked. One word met by chance is a large
// share of a short question, so short ones need more. Measured on XQuAD with each question's own article taken out.
const LEAST_COVERAGE = 0.23;
const LEAST_COVERAGE_OF_ONE_WORD = 0.55;
const leastCoverage = (wordCount: number): number => LEAST_COVERAGE + (LEAST_COVERAGE_OF_ONE_WORD - LEAST_COVERAGE) / wordCount;
/** A candidate that covers less than this share of the best one's is noise beside it. */
const LEAST_SHARE_OF_BEST = 1 / 3;

export type Match<Entry extends Searchable> = RankedEntry<Entry> & { coverage: number };

/** The entries that answer a question best, at most `limit`, best first; none when nothing fits. */
export function findMatches<Entry extends Searchable>(index: SearchIndex<Entry>, query: string, limit: number): Match<Entry>[] {
  const words = tokenize(query).slice(0, MAX_QUERY_WORDS);
  const informative = informativeWords(words);
  if (informative.length === 0) return [];

  const asked = informative.map((word) => ({ word, rarity: index.rarity(word) }));
  const matches = index
    .rank(words, Math.max(CANDIDATES, limit))
    .map((candidate) => {
      const covered = coverage(asked, candidate.words());
      return { ...candidate, coverage: covered, score: candidate.score * (1 + covered) };
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, limit);

  const best = Math.max(0, ...matches.map((match) => match.coverage));
  if (best < leastCoverage(informative.length)) return [];
  return matches.filter((match) => match.coverage >= best * LEAST_SHARE_OF_BEST);
}
