import { foldText } from '#core/search/fold-text.ts';
import type { UnansweredQuestion } from './analytics.read.ts';

/** A question as it was asked last, with how often it was asked in these or nearly these words. */
export interface QuestionGroup extends UnansweredQuestion {
  times: number;
}

const PUNCTUATION = /[\p{P}\p{S}\s]+/gu;

/** Questions that say the same once case, script, apostrophes and punctuation are made one; those asked last come first. */
export function groupQuestions(questions: UnansweredQuestion[]): QuestionGroup[] {
  const groups = new Map<string, QuestionGroup>();
  for (const question of questions) {
    const key = foldText(question.text).replace(PUNCTUATION, ' ').trim() || question.text;
    const group = groups.get(key);
    if (group) group.times += 1;
    else groups.set(key, { ...question, times: 1 });
  }
  return [...groups.values()];
}
