import type { ComposedAnswer, Composer } from '#answering/answer.ts';
import type { Judge } from '#answering/judge-answer.ts';
import { judgeGolden } from '#core/judge-golden.ts';
import { replyLanguage } from '#core/reply-language.ts';
import { wantsPerson } from '#core/wants-person.ts';
import type { Database } from '#platform/db/database.ts';

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
  database: Pick<Database, 'prisma' | 'now'>;
  composer: Composer;
  judge: Judge;
  aiConfigured: boolean;
  /** Counts for the ceiling of cost, and not for the plan's answers. */
  spend: (tenantId: string, spent: NonNullable<ComposedAnswer['spent']>) => Promise<void>;
}

const BOT = {
  ...{ id: true, name: true, systemPrompt: true, knowledgeVersion: true },
  facts: { select: { version: true, timeZone: true } },
  tenant: { select: { timeZone: true } },
} as const;

/** A customer would get this answer at any time. With other reasons the AI was out of reach, and it says nothing of the bot. */
const OF_THE_BOT: ReadonlySet<ComposedAnswer['reason']> = new Set<ComposedAnswer['reason']>([
  null,
  'no_knowledge',
  'blocked',
  'empty',
  'rejected',
]);

/** Asks one golden question as a customer would, and judges the answer. Nothing is sent, and no answer of the plan is used. */
export function createAskGolden({ database, composer, judge, aiConfigured, spend }: Deps) {
  const { prisma } = database;

  async function answer(of: { tenantId: string; botId: string }, text: string, free: boolean): Promise<ComposedAnswer | null> {
    const found = await prisma.bot.findFirst({ where: { tenantId: of.tenantId, id: of.botId }, select: BOT });
    // Prisma reads relations by a second query, and the business may be deleted between the two.
    if (!found?.tenant) return null;
    const { facts, tenant, ...rest } = found;
    const language = replyLanguage({ text, known: null, chosen: false, platformLanguage: null });
    if (wantsPerson(text)) return { text: '', mode: 'fallback', reason: null, sources: [] };
    return composer.compose({
      tenantId: of.tenantId,
      bot: { ...rest, factsVersion: facts?.version ?? 0 },
      language,
      text,
      media: [],
      history: [],
      timeZone: facts?.timeZone ?? tenant.timeZone,
      free,
      aiRefusal: aiConfigured ? null : 'no_key',
    });
  }

  return async (of: { tenantId: string; botId: string }, golden: GoldenToAsk, free: boolean): Promise<AskedGolden> => {
    const given = await answer(of, golden.question, free);
    if (!given) return { result: null, reason: 'gone', calls: 0 };
    let calls = given.spent?.calls ?? 0;
    if (given.spent) await spend(of.tenantId, given.spent);
    if (aiConfigured && !OF_THE_BOT.has(given.reason)) return { result: null, reason: 'ai_failed', calls };
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
    if (!right || golden.rubric === '' || !aiConfigured) return { result, calls };
    const judged = await judge({ question: golden.question, answer: given.text, rubric: golden.rubric }, await database.now());
    calls += judged.spent?.calls ?? 0;
    if (judged.spent) await spend(of.tenantId, judged.spent);
    if (!judged.ok) return { result: null, reason: 'ai_failed', calls };
    return { result: { ...result, isRight: judged.right, judgedWhy: judged.why }, calls };
  };
}

export type AskGolden = ReturnType<typeof createAskGolden>;
