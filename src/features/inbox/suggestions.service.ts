import type { ComposedAnswer } from '#answering/answer.ts';
import { AppError } from '#core/errors.ts';
import type { ReplyLanguage } from '#core/languages.ts';
import { type OpenTurn, openTurnOf } from '#core/open-turn.ts';
import { shownText } from '#core/words/message-parts.ts';
import type { MessageLine } from '#features/conversations/feature.ts';
import type { PlaygroundApi } from '#features/playground/feature.ts';
import type { Suggestion, SuggestionsQueries } from './suggestions.queries.ts';

interface Deps {
  suggestions: SuggestionsQueries;
  messages: (tenantId: string, conversationId: string, beforeId: null) => Promise<{ messages: MessageLine[] }>;
  answerNow: PlaygroundApi['answerNow'];
}

export interface SuggestedFor {
  id: string;
  botId: string;
  language: string | null;
  silencedUntil: Date | null;
  needsPersonAt: Date | null;
}

/** `made` null: nobody has asked for it yet. */
export interface ShownSuggestion {
  made: Suggestion | null;
}

const UNAVAILABLE = 503;
/** Such an answer says that a person is needed, and a person is here. */
const NO_ANSWER: readonly unknown[] = ['unknown', 'wants_person'];

/** What the bot would have answered while a person has the conversation. It is never sent by itself. */
export function createSuggestions({ suggestions, messages, answerNow }: Deps) {
  const underWay = new Map<number, Promise<Suggestion>>();

  async function make(tenantId: string, { botId, language }: SuggestedFor, turn: OpenTurn): Promise<Suggestion> {
    const of = { tenantId, botId, messageId: turn.messageId };
    const known = await suggestions.find(of);
    if (known) return known;
    const version = await suggestions.versionOf(of);
    const { question, history } = turn;
    const answer = await answerNow({ tenantId, botId, question, history, language: language as ReplyLanguage | null });
    const made = suggestionOf(answer);
    await suggestions.keep(of, made, version);
    return made;
  }

  return {
    /** For the page of a conversation. Null: there is nothing to suggest. */
    async shown(tenantId: string, conversation: SuggestedFor, page: readonly MessageLine[]): Promise<ShownSuggestion | null> {
      const turn = hasPerson(conversation) ? openTurnOf(page) : null;
      return turn && { made: await suggestions.find({ tenantId, botId: conversation.botId, messageId: turn.messageId }) };
    },

    /** Costs at most one answer of the plan, however many ask. @throws AppError in words when the AI gave none */
    async ask(tenantId: string, conversation: SuggestedFor): Promise<Suggestion | null> {
      const turn = openTurnOf((await messages(tenantId, conversation.id, null)).messages);
      if (!turn) return null;
      const running = underWay.get(turn.messageId);
      if (running) return running;
      const making = make(tenantId, conversation, turn).finally(() => underWay.delete(turn.messageId));
      underWay.set(turn.messageId, making);
      return making;
    },
  };
}

export type Suggestions = ReturnType<typeof createSuggestions>;

/** Else the bot answers by itself. */
const hasPerson = ({ silencedUntil, needsPersonAt }: SuggestedFor): boolean => silencedUntil !== null || needsPersonAt !== null;

function suggestionOf({ text, mode, reason, sources, outcome }: ComposedAnswer): Suggestion {
  if (mode === 'fallback' && reason !== null && reason !== 'no_knowledge')
    throw new AppError(UNAVAILABLE, `reasons.ai.${reason}`);
  const isAnswer = mode !== 'fallback' && !NO_ANSWER.includes(outcome?.status);
  return { text: isAnswer ? shownText(text, mode) : '', mode, sources: isAnswer ? sources : [] };
}
