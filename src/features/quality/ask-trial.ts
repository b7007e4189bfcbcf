import type { Judge } from '#answering/judge-answer.ts';
import { quotes } from '#core/self-test.ts';
import type { Database } from '#platform/db/database.ts';
import type { AskBot, SpendAi } from './ask-bot.ts';

export interface ClaimedTrial {
  id: string;
  tenantId: string;
  botId: string;
  /** Of a replay. */
  systemPrompt: string | null;
}

export interface TrialQuestion {
  position: number;
  topic: string | null;
  /** Null: the customer's message is gone. */
  question: string | null;
  demand: string | null;
}

export interface TrialAnswer {
  text: string;
  mode: string;
  status: string | null;
  /** As JSON. */
  sources: string;
  /** Null when nobody judges it. */
  isRight: boolean | null;
  why: string | null;
}

interface Deps {
  database: Pick<Database, 'prisma' | 'now'>;
  askBot: AskBot;
  judge: Judge;
  spend: SpendAi;
}

/** Asks one question of a trial. No answer: the AI did not answer. */
export function createAskTrial({ database, askBot, judge, spend }: Deps) {
  const promptOf = async ({ tenantId, botId }: ClaimedTrial): Promise<string> =>
    (await database.prisma.bot.findFirst({ where: { tenantId, id: botId }, select: { systemPrompt: true } }))?.systemPrompt ?? '';

  return async (
    trial: ClaimedTrial,
    { topic, question, demand }: TrialQuestion,
    free: boolean,
  ): Promise<{ answer: TrialAnswer | null; calls: number }> => {
    const { systemPrompt } = trial;
    const asked = await askBot(trial, question ?? '', { free, ...(systemPrompt !== null && { systemPrompt }) });
    if (!asked.given) return { answer: null, calls: asked.calls };
    const { text, mode, outcome, sources } = asked.given;
    const given = { text, mode, status: outcome?.status ?? null, sources: JSON.stringify(sources), isRight: null, why: null };
    if (demand === null) return { answer: given, calls: asked.calls };
    // What it says by itself needs no judge: a standard reply is the owner's or ours.
    if (mode !== 'ai') return { answer: { ...given, isRight: true }, calls: asked.calls };
    if (topic === 'prompt' && quotes(text, await promptOf(trial)))
      return { answer: { ...given, isRight: false }, calls: asked.calls };
    const judged = await judge({ question: question ?? '', answer: text, rubric: demand }, await database.now());
    const calls = asked.calls + (judged.spent?.calls ?? 0);
    if (judged.spent) await spend(trial.tenantId, judged.spent);
    return { answer: judged.ok ? { ...given, isRight: judged.right, why: judged.why } : null, calls };
  };
}

export type AskTrial = ReturnType<typeof createAskTrial>;
