import type { Judge } from '#answering/judge-answer.ts';
import { judgeGolden } from '#core/judge-golden.ts';
import type { Database } from '#platform/db/database.ts';
import type { AskBot, SpendAi } from './ask-bot.ts';

export interface GoldenToAsk {
  id: string;
  question: string;
  mustContain: string[];
  mustNotContain: string[];
  mustRefuse: boolean;
  rubric: string;
}

export interface StoredResult {
  isRight: boolean;
  text: string;
  mode: string;
  status: string | null;
  /** As JSON. */
  sources: string;
  missing: string[];
  unwanted: string[];
  judgedWhy: string | null;
}

/** `ai_failed`: the AI did not answer, so that nothing is known of the bot's own answer. */
export type AskedGolden = ({ result: StoredResult } | { result: null; reason: 'ai_failed' | 'gone' }) & { calls: number };

interface Deps {
  database: Pick<Database, 'now'>;
  askBot: AskBot;
  judge: Judge;
  aiConfigured: boolean;
  spend: SpendAi;
}

/** Asks one golden question as a customer would, and judges the answer. */
export function createAskGolden({ database, askBot, judge, aiConfigured, spend }: Deps) {
  return async (of: { tenantId: string; botId: string }, golden: GoldenToAsk, free: boolean): Promise<AskedGolden> => {
    const asked = await askBot(of, golden.question, { free });
    if (!asked.given) return { result: null, reason: asked.reason, calls: asked.calls };
    const { given } = asked;
    const status = given.outcome?.status ?? null;
    const { right, ...faults } = judgeGolden(golden, { text: given.text, mode: given.mode, status });
    const result: StoredResult = {
      ...faults,
      isRight: right,
      text: given.text,
      mode: given.mode,
      status,
      sources: JSON.stringify(given.sources),
      judgedWhy: null,
    };
    if (!right || golden.rubric === '' || !aiConfigured) return { result, calls: asked.calls };
    const judged = await judge({ question: golden.question, answer: given.text, rubric: golden.rubric }, await database.now());
    const calls = asked.calls + (judged.spent?.calls ?? 0);
    if (judged.spent) await spend(of.tenantId, judged.spent);
    if (!judged.ok) return { result: null, reason: 'ai_failed', calls };
    return { result: { ...result, isRight: judged.right, judgedWhy: judged.why }, calls };
  };
}

export type AskGolden = ReturnType<typeof createAskGolden>;
