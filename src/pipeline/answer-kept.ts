import { decideReply } from '#core/decide-reply.ts';
import { keptForMs } from '#core/kept-question.ts';
import type { ChannelKind } from '#core/message.ts';
import { replyLanguage } from '#core/reply-language.ts';
import { commandOf } from '#core/turn.ts';
import type { ReplyComposer } from './compose-reply.ts';
import type { KeptQuestions } from './kept-questions.repo.ts';
import type { OpenReply, Turn } from './turn.ts';

interface Deps {
  kept: KeptQuestions;
  composeReply: ReplyComposer;
  channels: Record<ChannelKind, { replyWindowMs: number | null } | undefined>;
  releaseMessages: (ids: number[]) => Promise<unknown>;
}

/** What came when the plan had no answers left, answered by the AI after all: one message each, oldest first. */
export function createKeptAnswers({ kept, composeReply, channels, releaseMessages }: Deps) {
  const keptMs = ({ connection }: Turn): number => keptForMs(channels[connection.platform]?.replyWindowMs ?? null);

  async function dropMoot(turn: Turn): Promise<void> {
    const moot = await kept.dropMoot(turn);
    if (moot.length > 0) await releaseMessages(moot);
  }

  return {
    keptMs,
    dropMoot,

    /** The next one's answer, saved and not yet sent; null: there is none, or the AI cannot be asked yet. */
    async next(turn: Turn): Promise<OpenReply | null> {
      await dropMoot(turn);
      const question = await kept.next(turn);
      if (!question) return null;
      const decision = decideReply({ turn: question.messages, greeting: turn.bot.greeting });
      if (question.messages.length === 0 || decision.act !== 'ask') {
        await kept.drop(question, 'nothing_to_ask');
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
      // Anything less the customer has already: it waits on.
      if (reply.mode !== 'ai') return null;
      const saved = await kept.saveFollowUp(turn, question, reply, chargedMonth);
      if (saved !== 'stopped') return saved;
      await releaseMessages(question.messageIds);
      return null;
    },

    /** Of a bot beyond the plan: what waits is kept before it is marked as unanswered. */
    async keepWaiting(turn: Turn): Promise<void> {
      const questions = turn.waiting.filter((message) => commandOf(message) === null).map(({ id }) => id);
      if (questions.length > 0) await kept.keep(turn, questions, keptMs(turn));
    },
  };
}
