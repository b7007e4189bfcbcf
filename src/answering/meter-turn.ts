import { costMicroUsd } from '#core/ai-prices.ts';
import type { AiSpent } from '#core/ai-spent.ts';
import type { ComposedAnswer } from './answer.ts';
import type { AnswerAi } from './draft-answer.ts';

type Taken = Pick<ComposedAnswer, 'spent' | 'blocked' | 'filesRefused'>;

/** Counts all calls of one turn: drafts, descriptions of files, and the failed ones. */
export function meterTurn(ai: AnswerAi, { free, now }: { free: boolean; now: Date }): { ai: AnswerAi; taken: Taken } {
  const spent: AiSpent = { calls: 0, promptTokens: 0, answerTokens: 0, costMicroUsd: 0 };
  const taken: Taken = {};
  return {
    taken,
    ai: {
      async answer(question) {
        const answer = await ai.answer({ ...question, free });
        if (answer.ok && answer.filesRefused) taken.filesRefused = true;
        if (!answer.spent) return answer;
        if (!answer.ok && answer.reason === 'blocked') taken.blocked = true;
        taken.spent = spent;
        const { calls, model, ...tokens } = answer.spent;
        spent.calls += calls;
        spent.promptTokens += tokens.promptTokens;
        spent.answerTokens += tokens.answerTokens;
        spent.costMicroUsd += costMicroUsd(model, tokens, now) ?? 0;
        return answer;
      },
    },
  };
}
