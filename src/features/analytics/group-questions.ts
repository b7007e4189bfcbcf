import { foldText } from '#core/search/fold-text.ts';
import type { UnansweredQuestion } from './analytics.read.ts';

export interface QuestionGroup extends UnansweredQuestion {
  times: number;
}

const PUNCTUATION = /[\p{P}\p{S}\s]+/gu;

/** Groups questions that differ only in case, script, apostrophes or punctuation; newest first. */
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
