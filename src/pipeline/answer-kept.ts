import { decideReply } from '#core/decide-reply.ts';
import { keptForMs } from '#core/kept-question.ts';
import type { ChannelKind } from '#core/message.ts';
import { replyLanguage } from '#core/reply-language.ts';
import { commandOf } from '#core/turn.ts';
import type { ReplyComposer } from './compose-reply.ts';
import type { HeldQuestions } from './held-questions.repo.ts';
import type { OpenReply, Turn } from './turn.ts';

interface Deps {
  held: HeldQuestions;
  composeReply: ReplyComposer;
  channels: Record<ChannelKind, { replyWindowMs: number | null } | undefined>;
  releaseMessages: (ids: number[]) => Promise<unknown>;
}

/** Has the AI answer held questions: one message each, oldest first. */
export function createKeptAnswers({ held, composeReply, channels, releaseMessages }: Deps) {
  const keptMs = ({ connection }: Turn): number => keptForMs(channels[connection.platform]?.replyWindowMs ?? null);

  async function dropMoot(turn: Turn): Promise<void> {
    const moot = await held.dropMoot(turn);
    if (moot.length > 0) await releaseMessages(moot);
  }

  return {
    keptMs,
    dropMoot,

    /** Saves the next held question's answer, to be sent. Null: there is none, or the AI cannot be asked yet. */
    async next(turn: Turn): Promise<OpenReply | null> {
      await dropMoot(turn);
      const question = await held.next(turn);
      if (!question) return null;
      const decision = decideReply({ turn: question.messages, greeting: turn.bot.greeting });
      if (question.messages.length === 0 || decision.act !== 'ask') {
        await held.drop(question, 'nothing_to_ask');
        return this.next(turn);
      }
      const language = replyLanguage({
        text: decision.text,
        known: turn.language,
        chosen: turn.languageChosen,
        platformLanguage: turn.customerLanguage,
      });
      const asked = { ...turn, waiting: question.messages, history: question.history };
      const { reply, chargedMonth } = await composeReply(asked, question.messageIds, decision, language);
      // The customer has any lesser reply already, so the question stays held.
      if (reply.mode !== 'ai') return null;
      const saved = await held.saveFollowUp(turn, question, reply, chargedMonth);
      if (saved !== 'stopped') return saved;
      await releaseMessages(question.messageIds);
      return null;
    },

    /** Holds the waiting messages of a bot beyond the plan, before they are marked as unanswered. */
    async keepWaiting(turn: Turn): Promise<void> {
      const questions = turn.waiting.filter((message) => commandOf(message) === null).map(({ id }) => id);
      if (questions.length > 0) await held.hold(turn, questions, keptMs(turn));
    },
  };
}
