import type { ComposedAnswer, Composer } from '#answering/answer.ts';
import { replyLanguage } from '#core/reply-language.ts';
import { wantsPerson } from '#core/wants-person.ts';
import type { Database } from '#platform/db/database.ts';

/** `ai_failed`: the AI did not answer, so that nothing is known of the bot's own answer. `calls`: of the AI, for this. */
export type AskedBot = ({ given: ComposedAnswer } | { given: null; reason: 'ai_failed' | 'gone' }) & { calls: number };

interface Deps {
  database: Pick<Database, 'prisma'>;
  composer: Composer;
  aiConfigured: boolean;
  spend: SpendAi;
}

/** Counts for the ceiling of cost, and not for the plan's answers. */
export type SpendAi = (tenantId: string, spent: NonNullable<ComposedAnswer['spent']>) => Promise<void>;

export interface AskOptions {
  /** The business has no plan. */
  free: boolean;
  /** Instead of the bot's own. */
  systemPrompt?: string;
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

/** Asks a bot as a customer would. Nothing is sent, and no answer of the plan is used. */
export function createAskBot({ database, composer, aiConfigured, spend }: Deps) {
  return async (
    { tenantId, botId }: { tenantId: string; botId: string },
    text: string,
    { free, systemPrompt }: AskOptions,
  ): Promise<AskedBot> => {
    const found = await database.prisma.bot.findFirst({ where: { tenantId, id: botId }, select: BOT });
    // Prisma reads relations by a second query, and the business may be deleted between the two.
    if (!found?.tenant) return { given: null, reason: 'gone', calls: 0 };
    const { facts, tenant, ...bot } = found;
    if (wantsPerson(text)) return { given: { text: '', mode: 'fallback', reason: null, sources: [] }, calls: 0 };
    const given = await composer.compose({
      tenantId,
      bot: { ...bot, systemPrompt: systemPrompt ?? bot.systemPrompt, factsVersion: facts?.version ?? 0 },
      language: replyLanguage({ text, known: null, chosen: false, platformLanguage: null }),
      text,
      media: [],
      history: [],
      timeZone: facts?.timeZone ?? tenant.timeZone,
      free,
      aiRefusal: aiConfigured ? null : 'no_key',
    });
    const calls = given.spent?.calls ?? 0;
    if (given.spent) await spend(tenantId, given.spent);
    if (aiConfigured && !OF_THE_BOT.has(given.reason)) return { given: null, reason: 'ai_failed', calls };
    return { given, calls };
  };
}

export type AskBot = ReturnType<typeof createAskBot>;
