import type { AnswerOutcome } from '#core/answer-outcome.ts';
import type { BusinessFacts } from '#core/business-facts.ts';
import { wholeLines } from '#core/clean-answer.ts';
import type { Source } from '#core/message.ts';
import type { AiFailureReason } from '#core/reasons.ts';
import type { GivenKnowledge } from '#core/search/choose-knowledge.ts';
import { usedPassages } from '#core/used-passage.ts';
import type { CustomerTurn, GuardVerdict } from './answer.ts';
import { buildPrompt, entryId } from './build-prompt.ts';
import { type AnswerAi, createDrafts, type Draft, isEmpty } from './draft-answer.ts';
import { createGuard } from './guard-answer.ts';

export type AiReply =
  | { ok: true; text: string; outcome: AnswerOutcome; sources: Source[]; passages: string[]; guard: GuardVerdict }
  | { ok: false; reason: AiFailureReason };

interface Question {
  turn: CustomerTurn;
  knowledge: GivenKnowledge;
  facts: BusinessFacts | null;
  now: Date;
  describe: () => Promise<string>;
}

const SHORTER = 'Your last answer was cut off: it was too long. Answer in at most five short lines.';
const MAX_CLAIM_CHARS = 300;

/** A useless answer is requested again: shorter when cut, with the reason when unsupported, from the second model when empty. */
export function createAskAi({ ai }: { ai: AnswerAi }) {
  return async ({ turn, knowledge, facts, now, describe }: Question): Promise<AiReply> => {
    const { bot } = turn;
    const prompt = buildPrompt({ ...turn, ...knowledge, facts, botName: bot.name, ownerPrompt: bot.systemPrompt, now });
    const drafts = createDrafts({ ai, turn, prompt, now });
    const unsupported = createGuard({ turn, knowledge, facts, now, describe });

    const first = await drafts.draft();
    if (!first.ok) return first;
    let draft: Draft | null = isEmpty(first) ? await drafts.again({ secondModelFirst: true }) : first;
    if (draft?.cut) draft = whole((await drafts.again({ addition: SHORTER })) ?? draft);
    if (!draft || isEmpty(draft)) return { ok: false, reason: 'empty' };

    const guard: GuardVerdict = { stopped: await unsupported(draft.answer), refused: false };
    if (guard.stopped.length > 0) {
      const second = await drafts.again({ addition: withoutClaims(guard.stopped) });
      const claims = second && !second.cut ? await unsupported(second.answer) : guard.stopped;
      guard.refused = claims.length > 0;
      draft = second && !guard.refused ? second : { ...draft, status: 'unknown' };
    }
    const { status, used, missing, answer } = draft;
    const isOpen = status === 'unknown' || status === 'partial';
    const rests = entriesUsed(knowledge, status === 'unknown' ? [] : used);
    return {
      ok: true,
      text: answer,
      sources: rests.map(({ id, title }) => ({ id, title })),
      passages: usedPassages(rests, answer),
      guard,
      outcome: { ...drafts.spent(), status, missing: isOpen ? missing || turn.text : '' },
    };
  };
}

export type AskAi = ReturnType<typeof createAskAi>;

/** A cut answer ends at its last whole line: "12" of "12 000" is another price. */
const whole = (draft: Draft): Draft => (draft.cut ? { ...draft, answer: wholeLines(draft.answer) } : draft);

const withoutClaims = (claims: readonly string[]): string =>
  `Your last answer said what is written nowhere above: ${claims.join('; ').slice(0, MAX_CLAIM_CHARS)}. Say only what is there. When it has no answer, the status is "unknown".`;

/** Only entries that the AI was given count. */
function entriesUsed({ entries }: GivenKnowledge, used: readonly string[]): GivenKnowledge['entries'][number][] {
  const named = new Set(used.map((id) => id.trim().toLowerCase()));
  return entries.filter((_, at) => named.has(entryId(at)));
}
