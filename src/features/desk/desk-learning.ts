import { createHash } from 'node:crypto';
import { AppError } from '#core/errors.ts';
import { questionTitle } from '#core/question-title.ts';
import { storableText } from '#core/storable-text.ts';
import { shownText } from '#core/words/message-parts.ts';
import type { ConversationHead } from '#features/conversations/feature.ts';
import type { KnowledgeApi } from '#features/knowledge/feature.ts';
import type { PlaygroundApi } from '#features/playground/feature.ts';
import type { QuestionsApi } from '#features/questions/feature.ts';
import type { PersonReplies } from '#pipeline/staff-replies.service.ts';
import type { Actor } from '#web/actor.ts';
import type { DeskContent } from './messages.repo.ts';

interface Deps {
  entries: Pick<KnowledgeApi['entries'], 'put'>;
  questions: Pick<QuestionsApi['questions'], 'answerAsked'>;
  answerNow: PlaygroundApi['answerNow'];
  personReplies: Pick<PersonReplies, 'reply'>;
}

export interface LearnFrom {
  head: ConversationHead;
  question: string;
  messageId: number | null;
  /** The same message of a member makes the same entry. */
  onceFor: string;
  /** The customer of the conversation has the answer already. */
  told: boolean;
}

const MAX_SHOWN_CHARS = 600;

/**
 * What a member answers closes the open question and goes to all who asked it, or becomes an entry where there is none. The bot
 * is asked again, and the member sees what it says now.
 */
export function createDeskLearning({ entries, questions, answerNow, personReplies }: Deps) {
  /** To the customer alone. How many got it. */
  async function answerOne(actor: Actor, { head, onceFor, told, question }: LearnFrom, text: string): Promise<number> {
    if (told || question === '') return 0;
    try {
      await personReplies.reply(actor, head, { text, draft: onceFor, takesOver: false });
      return 1;
    } catch (error) {
      if (error instanceof AppError) return 0;
      throw error;
    }
  }

  return async (actor: Actor, from: LearnFrom, answer: string): Promise<DeskContent> => {
    const { head, question, messageId, onceFor, told } = from;
    const { botId } = head;
    const content = storableText(answer).trim();
    const title = questionTitle(question) || questionTitle(content);
    const toldIn = told ? head.id : null;
    const closed =
      messageId === null ? null : await questions.answerAsked(actor, { botId, messageId, toldIn }, { title, content });
    if (!closed) await entries.put(actor, botId, idFor(onceFor), { title, content });
    const count = closed ? closed.told : await answerOne(actor, from, content);
    const asked = { tenantId: actor.tenantId, botId, question, language: null, history: [] };
    const now = closed || question === '' ? null : await answerNow(asked).catch(() => null);
    const says = now ? shownText(now.text, now.mode) : closed?.says;
    if (!says) return { key: 'desk.note.learned', params: { title } };
    const params = { title, count, answer: says.slice(0, MAX_SHOWN_CHARS).toWellFormed() };
    return { key: count > 0 ? 'desk.note.learned_sent' : told ? 'desk.note.learned_told' : 'desk.note.learned_checked', params };
  };
}

/** A UUID of version 8, made of the hash. */
function idFor(key: string): string {
  const hex = createHash('sha256').update(key).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
