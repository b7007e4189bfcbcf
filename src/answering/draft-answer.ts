import { costMicroUsd } from '#core/ai-prices.ts';
import { cleanAnswer } from '#core/clean-answer.ts';
import type { HistoryTurn, InlineMedia } from '#core/message.ts';
import { type ReadAnswer, readStructuredAnswer } from '#core/read-answer.ts';
import type { AiFailureReason } from '#core/reasons.ts';
import type { CustomerTurn } from './answer.ts';
import { ANSWER_SCHEMA } from './answer-schema.ts';
import { ECHOES, type Prompt } from './build-prompt.ts';

export interface AnswerAi {
  answer(question: {
    systemInstruction: string;
    history: Pick<HistoryTurn, 'role' | 'text'>[];
    text: string;
    media: InlineMedia[];
    botId: string;
    schema?: typeof ANSWER_SCHEMA;
    secondModelFirst?: boolean;
    budgetMs?: number;
    /** Of a business without a plan. */
    free?: boolean;
  }): Promise<
    (
      | {
          ok: true;
          text: string;
          cut: boolean;
          filesRefused?: boolean;
          model: string;
          usage: { promptTokens: number; answerTokens: number };
        }
      | { ok: false; reason: AiFailureReason }
    ) & { spent?: { calls: number; model: string; promptTokens: number; answerTokens: number } }
  >;
}

export type Draft = ReadAnswer & { ok: true; cut: boolean };
type Failure = { ok: false; reason: AiFailureReason };

/** For all drafts together. */
const BUDGET_MS = 20_000;
const LEAST_TRY_MS = 2_000;

export interface DraftOptions {
  addition?: string;
  secondModelFirst?: boolean;
}

export function createDrafts({ ai, turn, prompt, now }: { ai: AnswerAi; turn: CustomerTurn; prompt: Prompt; now: Date }) {
  const startedMs = performance.now();
  const spent = { model: '', promptTokens: 0, answerTokens: 0, costMicroUsd: 0 as number | null };
  const tookMs = (): number => Math.round(performance.now() - startedMs);

  async function draft({ addition, ...options }: DraftOptions = {}): Promise<Draft | Failure> {
    const answer = await ai.answer({
      ...prompt,
      ...options,
      systemInstruction: addition ? `${prompt.systemInstruction}\n${addition}` : prompt.systemInstruction,
      schema: ANSWER_SCHEMA,
      media: turn.media,
      botId: turn.bot.id,
      budgetMs: BUDGET_MS - tookMs(),
    });
    if (!answer.ok) return answer;
    const cost = costMicroUsd(answer.model, answer.usage, now);
    spent.model = answer.model;
    spent.promptTokens += answer.usage.promptTokens;
    spent.answerTokens += answer.usage.answerTokens;
    spent.costMicroUsd = cost === null || spent.costMicroUsd === null ? null : spent.costMicroUsd + cost;
    const read = readStructuredAnswer(answer.text);
    const words = cleanAnswer(read.answer, { botName: turn.bot.name, instructions: ECHOES });
    return { ok: true, ...read, answer: words, cut: answer.cut || read.cut === true };
  }

  return {
    draft,
    /** Null when there is no time for another draft, or it is empty. */
    async again(options: DraftOptions): Promise<Draft | null> {
      if (BUDGET_MS - tookMs() < LEAST_TRY_MS) return null;
      const another = await draft(options);
      return another.ok && !isEmpty(another) ? another : null;
    },
    spent: () => ({ ...spent, ms: tookMs() }),
  };
}

/** The reply to these does not come from the model. */
const SAID_BY_US: ReadonlySet<string> = new Set(['unknown', 'wants_person']);
export const isEmpty = ({ answer, status }: ReadAnswer): boolean => answer === '' && !SAID_BY_US.has(status);
