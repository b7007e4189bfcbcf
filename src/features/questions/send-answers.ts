import type { Sentence } from '#answering/sentences.ts';
import { inScriptOf } from '#core/in-script.ts';
import { DEFAULT_LANGUAGE } from '#core/languages.ts';
import type { PersonReplies } from '#pipeline/staff-replies.service.ts';
import type { Logger } from '#platform/logger.ts';
import type { Actor } from '#web/actor.ts';
import type { Asker } from './question-askers.repo.ts';
import type { Question, QuestionsRepo } from './questions.repo.ts';

interface Deps {
  questions: QuestionsRepo;
  personReplies: Pick<PersonReplies, 'reply' | 'refusalOf'>;
  sentence: Sentence;
  logger: Logger;
}

const MAX_QUOTED_CHARS = 200;

/** Sends an answer to those who asked, once each. What a process leaves is sent by the next look. */
export function createAnswerSender({ questions, personReplies, sentence, logger }: Deps) {
  /** Null: the customer can be written to. Else the end of the key `questions.untold.<reason>`. */
  function refusalOf(asker: Asker, now: Date): 'stopped' | 'window_closed' | 'unreachable' | null {
    const refusal = personReplies.refusalOf(asker, now);
    if (refusal) return refusal.endsWith('window_closed') ? 'window_closed' : 'stopped';
    return asker.unreachable ? 'unreachable' : null;
  }

  function textFor({ words, language }: Asker, answer: string): string {
    const spoken = language ?? DEFAULT_LANGUAGE;
    const question = [...words.replace(/\s+/g, ' ')].slice(0, MAX_QUOTED_CHARS).join('');
    return sentence(spoken, 'asked_before', { question, answer: inScriptOf(spoken, answer) });
  }

  async function send(actor: Actor, question: Pick<Question, 'id' | 'answer'>): Promise<void> {
    const { answer } = question;
    if (answer === null) return;
    for (const asker of await questions.askers(actor.tenantId, question.id)) {
      const untoldWhy = refusalOf(asker, new Date());
      // `once` is the same in every process and after a kill, so the message is stored once.
      const once = { draft: question.id, onceFor: String(asker.round), takesOver: false };
      if (!untoldWhy) await personReplies.reply(actor, asker, { text: textFor(asker, answer), ...once });
      await questions.told(actor.tenantId, question.id, asker, untoldWhy);
    }
    await questions.sendDone(actor.tenantId, question.id);
  }

  return {
    refusalOf,
    send,

    async sendWaitingAcrossTenants(): Promise<void> {
      for (const { tenantId, sendAskedBy, ...question } of await questions.sendingAcrossTenants()) {
        if (!sendAskedBy) continue;
        const actorKind = await questions.roleOf(tenantId, sendAskedBy);
        await send({ tenantId, actorId: sendAskedBy, actorKind }, question).catch((err: Error) =>
          logger.warn({ err, question: question.id }, 'an answer was not sent to all who asked, trying again'),
        );
      }
    },
  };
}

export type AnswerSender = ReturnType<typeof createAnswerSender>;
