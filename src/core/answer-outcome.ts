// The AI's verdict on its own answer. `partial`: answered in part. `unknown`: the knowledge has no answer. `clarify`: it asks
// back.
// `wants_person`: the customer asks for staff. `off_topic`: not about the business. Texts: `receipt.status.<status>`.
export const ANSWER_STATUSES = ['answered', 'partial', 'unknown', 'clarify', 'small_talk', 'wants_person', 'off_topic'] as const;
export type AnswerStatus = (typeof ANSWER_STATUSES)[number];

/** Stored with the message. */
export interface AnswerOutcome {
  status: AnswerStatus;
  /** The unanswered question, complete in itself, in the customer's language; else empty. */
  missing: string;
  model: string;
  /** Of all tries together. */
  promptTokens: number;
  /** Of all tries together, thinking included. */
  answerTokens: number;
  ms: number;
  /** Millionths of a US dollar; null for a model without a known price. */
  costMicroUsd: number | null;
}

/** Columns of a message, all null when it is not the AI's. */
export interface OutcomeColumns {
  aiStatus: AnswerStatus | null;
  aiMissing: string | null;
  aiModel: string | null;
  promptTokens: number | null;
  answerTokens: number | null;
  aiMs: number | null;
  costMicroUsd: number | null;
}

/** An outcome as the columns of a message. */
export function outcomeColumns(outcome: AnswerOutcome | undefined): OutcomeColumns {
  return {
    aiStatus: outcome?.status ?? null,
    aiMissing: outcome?.missing || null,
    aiModel: outcome?.model ?? null,
    promptTokens: outcome?.promptTokens ?? null,
    answerTokens: outcome?.answerTokens ?? null,
    aiMs: outcome?.ms ?? null,
    costMicroUsd: outcome?.costMicroUsd ?? null,
  };
}
