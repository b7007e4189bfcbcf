import { attentionOf } from '#core/attention.ts';
import { decideReply } from '#core/decide-reply.ts';
import { keptForMs } from '#core/kept-question.ts';
import type { ChannelKind } from '#core/message.ts';
import { chooseReplyLanguage } from '#core/reply-language.ts';
import { commandOf } from '#core/turn.ts';
import type { ReplyComposer } from './compose-reply.ts';
import type { HeldQuestions } from './held-questions.repo.ts';
import type { OpenReply, Turn } from './turn.ts';

interface Deps {
  held: HeldQuestions;
  composeReply: ReplyComposer;
  channels: Record<ChannelKind, { replyWindowMs: number | null } | undefined>;
}

/** One held question per message, oldest first. */
export function createKeptAnswers({ held, composeReply, channels }: Deps) {
  const keptMs = ({ connection }: Turn): number => keptForMs(channels[connection.platform]?.replyWindowMs ?? null);

  return {
    keptMs,
    dropMoot: held.dropMoot,

    /** Null when there is none, or the AI cannot be asked yet. */
    async next(turn: Turn): Promise<OpenReply | null> {
      await held.dropMoot(turn);
      const question = await held.next(turn);
      if (!question) return null;
      const decision = decideReply({ turn: question.messages, greeting: turn.bot.greeting });
      if (question.messages.length === 0 || decision.act !== 'ask') {
        await held.drop(question, 'nothing_to_ask');
        return this.next(turn);
      }
      const { language, why: languageWhy } = chooseReplyLanguage({
        text: decision.text,
        known: turn.language,
        chosen: turn.languageChosen,
        platformLanguage: turn.customerLanguage,
      });
      const asked = { ...turn, waiting: question.messages, history: question.history };
      const composed = await composeReply(asked, question.messageIds, decision, language);
      // The customer has any lesser reply already, so the question stays held.
      if (composed?.reply.mode !== 'ai') return null;
      const { reply, chargedMonth } = composed;
      const attention = attentionOf({ decision, reply, turn: question.messages, history: question.history, now: new Date() });
      const saved = await held.saveFollowUp(turn, question, { reply, month: chargedMonth, attention, language, languageWhy });
      return saved === 'not_saved' || !saved ? null : { ...saved, place: question.messages.at(-1)?.place ?? null };
    },

    /** Holds the waiting messages of a bot beyond the plan, before they are marked as unanswered. */
    async keepWaiting(turn: Turn): Promise<void> {
      const questions = turn.waiting.filter((message) => commandOf(message) === null).map(({ id }) => id);
      if (questions.length > 0) await held.hold(turn, questions, keptMs(turn));
    },
  };
}
