/** What the AI took for one reply, failed and repeated calls too. */
export interface AiSpent {
  calls: number;
  promptTokens: number;
  answerTokens: number;
  /** Millionths of a US dollar; a model without a known price counts nothing. */
  costMicroUsd: number;
}

export interface SpentColumns {
  spentCalls: number;
  spentPromptTokens: number;
  spentAnswerTokens: number;
  spentMicroUsd: number;
}

export const NOTHING_SPENT: AiSpent = { calls: 0, promptTokens: 0, answerTokens: 0, costMicroUsd: 0 };

/** As it is added to the month. */
export const spentColumns = (spent: AiSpent = NOTHING_SPENT): SpentColumns => ({
  spentCalls: spent.calls,
  spentPromptTokens: spent.promptTokens,
  spentAnswerTokens: spent.answerTokens,
  spentMicroUsd: spent.costMicroUsd,
});
