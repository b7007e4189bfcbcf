import { type AskedWord, coverage } from './coverage.ts';
import type { RankedEntry, Searchable, SearchIndex } from './search-index.ts';
import { type SearchQuery, type WeighedQuery, weighQuery } from './search-query.ts';

const CANDIDATES = 10;

// Nothing fits below this coverage. One accidental word is a large share of a short question, so short ones need more.
// Measured on XQuAD with each question's own article removed.
const LEAST_COVERAGE = 0.23;
const LEAST_COVERAGE_OF_ONE_WORD = 0.55;
const leastCoverage = (wordCount: number): number => LEAST_COVERAGE + (LEAST_COVERAGE_OF_ONE_WORD - LEAST_COVERAGE) / wordCount;
/** A candidate below this share of the best coverage is noise. */
const LEAST_SHARE_OF_BEST = 1 / 3;

/** Weight of a title that covers the question, beside the text. */
const TITLE_SHARE = 2;
const TITLE_SHARE_OF_ONE_WORD = 4;
/** Questions about these count less in a text without one. */
const KINDS_OF_ANSWER = ['#price', '#hours', '#phone'];
const WITHOUT_KIND = 0.5;
const WORDS_OF_A_SHORT_QUESTION = 4;
const WEIGHT_OF_FUNCTION_WORDS = 0.7;
const WEIGHT_OF_FOREIGN_LETTERS = 0.4;
const WEIGHT_OF_FAMILIAR_LETTERS = 0.6;
const WEIGHT_OF_MEANING = 3;
const WORDS_THAT_SAY_ENOUGH = 6;
const MOST_BY_MEANING = 3;
/** How far an entry's questions make an answer sure. Not at all when the customer speaks of something that no entry knows. */
const TRUST_IN_QUESTIONS = 0.8;
/** One word that no entry knows is let pass for each so many. A short question is about that very word. */
const WORDS_PER_UNKNOWN = 3;

export type Match<Entry extends Searchable> = RankedEntry<Entry> & {
  coverage: number;
  /** Of the question's rarity, what the entry's own text or a trusted question of it covers. */
  sureness: number;
  isLikeQuestion: boolean;
};

/** Best first; none when nothing fits. */
export function findMatches<Entry extends Searchable>(
  index: SearchIndex<Entry>,
  query: string | SearchQuery,
  limit: number,
): Match<Entry>[] {
  const weighed = weighQuery(typeof query === 'string' ? { text: query } : query);
  const matches = rankMatches(index, weighed, Math.max(CANDIDATES, limit)).slice(0, limit);
  const best = Math.max(0, ...matches.map((match) => match.coverage));
  if (best < leastCoverage(weighed.asked.length)) return [];
  return matches.filter((match) => match.coverage >= best * LEAST_SHARE_OF_BEST);
}

export function rankMatches<Entry extends Searchable>(
  index: SearchIndex<Entry>,
  { weights, asked }: WeighedQuery,
  limit: number,
): Match<Entry>[] {
  if (asked.length === 0) return [];
  const rare = withRarity(index, asked);
  const unknown = asked.filter(({ word, notions }) => notions.length === 0 && !index.knows(word)).length;
  const isKnown = unknown <= Math.floor(asked.length / WORDS_PER_UNKNOWN);
  const kinds = asked.length <= WORDS_OF_A_SHORT_QUESTION ? KINDS_OF_ANSWER.filter((kind) => weights.has(kind)) : [];
  return index
    .rank(weighAgain(index, weights, asked), limit)
    .map((candidate) => {
      const ownWords = candidate.words();
      const questionWords = candidate.questionWords();
      const words = [...ownWords, ...questionWords];
      const own = coverage(rare, ownWords);
      const covered = questionWords.length === 0 ? own : coverage(rare, words);
      const fits = kinds.every((kind) => words.includes(kind)) ? 1 : WITHOUT_KIND;
      const byTitle = coverage(rare, candidate.titleWords());
      return {
        ...candidate,
        coverage: covered,
        sureness: isKnown ? own + TRUST_IN_QUESTIONS * (covered - own) : own,
        isLikeQuestion: questionWords.length > 0,
        score: fits * candidate.score * (1 + covered + (asked.length === 1 ? TITLE_SHARE_OF_ONE_WORD : TITLE_SHARE) * byTitle),
      };
    })
    .sort((a, b) => b.score - a.score);
}

/** Common words count little. An unknown word with a known meaning is searched by the meaning. */
function weighAgain(
  index: Pick<SearchIndex<Searchable>, 'knows'>,
  weights: WeighedQuery['weights'],
  asked: WeighedQuery['asked'],
): Map<string, number> {
  const again = new Map(weights);
  const informative = new Set(asked.map(({ word }) => word));
  const shortness = Math.min(MOST_BY_MEANING, Math.max(1, WORDS_THAT_SAY_ENOUGH / asked.length));
  for (const [word, weight] of weights) {
    if (word.startsWith('#')) again.set(word, weight * shortness);
    else if (!informative.has(word)) again.set(word, weight * WEIGHT_OF_FUNCTION_WORDS);
  }
  for (const { word, notions, weight } of asked) {
    if (notions.length === 0) continue;
    if (index.knows(word)) {
      again.set(word, weight * WEIGHT_OF_FAMILIAR_LETTERS);
      continue;
    }
    again.set(word, weight * WEIGHT_OF_FOREIGN_LETTERS);
    for (const notion of notions) again.set(notion, weight * shortness * WEIGHT_OF_MEANING);
  }
  return again;
}

export const withRarity = (index: Pick<SearchIndex<Searchable>, 'rarity'>, asked: WeighedQuery['asked']): AskedWord[] =>
  asked.map((word) => ({ ...word, rarity: word.weight * index.rarity(word.word, word.notions) }));
