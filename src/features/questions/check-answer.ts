import type { ComposedAnswer, Composer } from '#answering/answer.ts';
import type { ReplyLanguage } from '#core/languages.ts';
import { replyLanguage } from '#core/reply-language.ts';
import { shownText } from '#core/words/message-parts.ts';
import type { UsageService } from '#pipeline/usage.service.ts';
import type { Database } from '#platform/db/database.ts';

export interface CheckDeps {
  database: Database;
  composer: Composer;
  /** Without an AI nothing is charged. */
  aiConfigured: boolean;
  usage: Pick<UsageService, 'answerFor'>;
}

export interface Checked {
  /** As a customer would read it. */
  text: string;
  passed: boolean;
}

const BOT = {
  ...{ id: true, name: true, systemPrompt: true, knowledgeVersion: true },
  facts: { select: { version: true, timeZone: true } },
  tenant: { select: { timeZone: true } },
} as const;

/** Asks the bot as a customer would. Nothing is sent; it costs at most one answer of the plan. */
export function createAnswerCheck({ database, composer, aiConfigured, usage }: CheckDeps) {
  return async (
    { tenantId, botId }: { tenantId: string; botId: string },
    { words, language }: { words: string; language: ReplyLanguage | null },
  ): Promise<Checked | null> => {
    const found = await database.prisma.bot.findFirst({ where: { tenantId, id: botId }, select: BOT });
    // Prisma reads relations by a second query, and the business may be deleted between the two.
    if (!found?.tenant) return null;
    const { facts, tenant, ...rest } = found;
    const bot = { ...rest, factsVersion: facts?.version ?? 0 };
    const spoken = replyLanguage({ text: words, known: language, chosen: false, platformLanguage: null });
    const question = { tenantId, bot, language: spoken, text: words, media: [], history: [] };
    const timeZone = facts?.timeZone ?? tenant.timeZone;
    const answer = await (aiConfigured
      ? usage.answerFor(tenantId, (aiRefusal, free) => composer.compose({ ...question, timeZone, aiRefusal, free }))
      : composer.compose({ ...question, timeZone, aiRefusal: 'no_key' }));
    return { text: shownText(answer.text, answer.mode), passed: answers(answer) };
  };
}

export type AnswerCheck = ReturnType<typeof createAnswerCheck>;

const answers = ({ mode, outcome }: ComposedAnswer): boolean =>
  mode === 'ai' ? outcome?.status === 'answered' : mode === 'knowledge';
