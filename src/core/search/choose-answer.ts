import type { AskedWord } from './coverage.ts';
import { type Match, rankMatches, withRarity } from './find-matches.ts';
import type { Searchable, SearchIndex } from './search-index.ts';
import { type SearchQuery, weighQuery } from './search-query.ts';

export type AnswerChoice<Entry extends Searchable> =
  | { kind: 'sure'; match: Match<Entry>; asked: AskedWord[] }
  | { kind: 'unsure'; options: Match<Entry>[] }
  | { kind: 'nothing' };

const CANDIDATES = 10;
const MOST_OPTIONS = 3;
// Measured on tests/fixtures/answers. Two entries that fit alike are a choice for the customer.
const LEAST_COVERAGE_WHEN_SURE = 0.42;
const LEAST_LEAD = 0.1;
const LEAST_LEAD_IN_COVERAGE = 0.1;
const LEAST_COVERAGE_OF_OPTION = 0.25;
/** A long spoken question has words about nothing. Where one of the entry's questions is alike, less must be covered. */
const LESS_PER_FURTHER_WORD = 0.03;
const WORDS_OF_A_LONG_QUESTION = [4, 8] as const;

export function chooseAnswer<Entry extends Searchable>(index: SearchIndex<Entry>, query: SearchQuery): AnswerChoice<Entry> {
  const weighed = weighQuery(query);
  const matches = rankMatches(index, weighed, CANDIDATES);
  const [best] = matches;
  if (!best) return { kind: 'nothing' };
  if (best.sureness >= leastWhenSure(best, weighed.asked.length) && leads(best, matches[1]))
    return { kind: 'sure', match: best, asked: withRarity(index, weighed.asked) };
  const options = matches.filter(({ coverage }) => coverage >= LEAST_COVERAGE_OF_OPTION).slice(0, MOST_OPTIONS);
  return options.length > 0 ? { kind: 'unsure', options } : { kind: 'nothing' };
}

function leastWhenSure(best: Match<Searchable>, wordCount: number): number {
  const [from, to] = WORDS_OF_A_LONG_QUESTION;
  const further = best.isLikeQuestion ? Math.max(0, Math.min(to, wordCount) - from) : 0;
  return LEAST_COVERAGE_WHEN_SURE - LESS_PER_FURTHER_WORD * further;
}

const leads = (best: Match<Searchable>, next: Match<Searchable> | undefined): boolean =>
  !next || next.score <= best.score * (1 - LEAST_LEAD) || best.coverage - next.coverage >= LEAST_LEAD_IN_COVERAGE;
