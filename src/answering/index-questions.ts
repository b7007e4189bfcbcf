import { type AnswerChoice, chooseAnswer } from '#core/search/choose-answer.ts';
import { fitsPrompt, type GivenKnowledge, giveAll, giveBest } from '#core/search/choose-knowledge.ts';
import type { AskedWord } from '#core/search/coverage.ts';
import { findMatches } from '#core/search/find-matches.ts';
import { foldText } from '#core/search/fold-text.ts';
import type { SearchIndex } from '#core/search/search-index.ts';
import { tokenize } from '#core/search/tokenize.ts';
import type { SimilarPassage } from '#core/search/vectors.ts';
import type { KnowledgeText } from './knowledge-source.ts';

export type KnowledgeIndex = SearchIndex<KnowledgeText>;
export type Hit = KnowledgeText & { score: number; passage: string };

export interface Found {
  entry: KnowledgeText;
  passage: string;
}

export type Choice =
  | { kind: 'sure'; match: Found; asked: AskedWord[] }
  | { kind: 'unsure'; options: Found[] }
  | { kind: 'nothing' };

/** What an index is asked. Questions and answers are plain data, so that they can pass between threads. */
export interface IndexQuestions {
  search: { query: string; limit: number };
  choose: { query: string; before: string | undefined };
  titled: { query: string };
  byId: { id: string };
  whole: { query: string };
  best: { query: string; similar: SimilarPassage[] };
  containing: { query: string };
}

export interface IndexAnswers {
  /** Best first; empty when nothing fits. */
  search: Hit[];
  choose: Choice;
  titled: KnowledgeText | undefined;
  byId: KnowledgeText | undefined;
  /** Null: the knowledge does not fit a prompt. */
  whole: GivenKnowledge | null;
  best: GivenKnowledge;
  containing: string[];
}

export type IndexQuestion = keyof IndexQuestions;

const answers: { [Kind in IndexQuestion]: (index: KnowledgeIndex, question: IndexQuestions[Kind]) => IndexAnswers[Kind] } = {
  search: (index, { query, limit }) =>
    findMatches(index, query, limit).map(({ entry, score, passage }) => ({ ...entry, score, passage })),
  choose: (index, { query, before }) => plain(chooseAnswer(index, { text: query, before })),
  /** In either script. */
  titled: (index, { query }) => {
    const title = foldText(query).trim();
    return index.all().find((entry) => foldText(entry.title).trim() === title);
  },
  byId: (index, { id }) => index.all().find((entry) => entry.id === id),
  whole: (index, { query }) => (fitsPrompt(index) ? giveAll(index, query) : null),
  best: (index, { query, similar }) => giveBest(index, query, similar),
  containing: (index, { query }) => index.containing([...new Set(tokenize(query))]).map(({ id }) => id),
};

export const answerFrom = <Kind extends IndexQuestion>(
  index: KnowledgeIndex,
  kind: Kind,
  question: IndexQuestions[Kind],
): IndexAnswers[Kind] => answers[kind](index, question);

function plain(choice: AnswerChoice<KnowledgeText>): Choice {
  const found = ({ entry, passage }: Found): Found => ({ entry, passage });
  if (choice.kind === 'sure') return { kind: 'sure', match: found(choice.match), asked: choice.asked };
  return choice.kind === 'unsure' ? { kind: 'unsure', options: choice.options.map(found) } : choice;
}
