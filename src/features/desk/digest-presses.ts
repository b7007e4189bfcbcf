import { DESK_DATA, type DeskEvent } from '#channels/telegram/desk/desk.event.ts';
import { NotFoundError } from '#core/errors.ts';
import type { QuestionsApi } from '#features/questions/feature.ts';
import { isId } from '#platform/crypto/ids.ts';
import type { I18n } from '#platform/i18n/i18n.ts';
import { actorOf, type DeskWords } from './desk-words.ts';
import type { Desk } from './links.repo.ts';
import type { DeskContent, DeskMessagesRepo } from './messages.repo.ts';

interface Deps {
  messages: Pick<DeskMessagesRepo, 'find'>;
  questions: Pick<QuestionsApi['questions'], 'find' | 'dismiss' | 'lastAsked'>;
  words: Pick<DeskWords, 'expectKnowledge'>;
  i18n: I18n;
}

const PRESS = new RegExp(`^${DESK_DATA}(question_answer|question_dismiss):([^:]+):(\\d)$`);

/** The buttons of the digest, about its open questions. Gives what is shown; null: it is no such button. */
export function createDigestPresses({ messages, questions, words, i18n }: Deps) {
  return async (event: DeskEvent, desks: Desk[]): Promise<{ words: string | null } | null> => {
    const [, act, id, at] = PRESS.exec(event.press?.data ?? '') ?? [];
    if (!act) return null;
    const digest = isId(id)
      ? await messages.find(
          desks.map((desk) => desk.id),
          id,
        )
      : null;
    const desk = desks.find((one) => one.id === digest?.linkId);
    const named = (digest?.content as DeskContent | undefined)?.questions?.[Number(at)];
    const over = { words: i18n.getFixedT(desk?.language ?? desks[0]?.language ?? 'uz')('desk.press.question_over') };
    if (!desk || !named || digest?.kind !== 'digest') return over;
    const question = await questions.find(desk.tenantId, named.botId, named.id).catch((error: unknown) => {
      if (error instanceof NotFoundError) return null;
      throw error;
    });
    if (question?.state !== 'open') return over;
    if (act === 'question_dismiss') {
      await questions.dismiss(actorOf(desk), question);
      return { words: i18n.getFixedT(desk.language)('desk.press.dismissed') };
    }
    const asked = await questions.lastAsked(desk.tenantId, question.id);
    if (!asked) return over;
    await words.expectKnowledge(desk, event, asked);
    return { words: null };
  };
}

export type DigestPresses = ReturnType<typeof createDigestPresses>;
