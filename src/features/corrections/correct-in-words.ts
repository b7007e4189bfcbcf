import { ValidationError } from '#core/errors.ts';
import { questionTitle } from '#core/question-title.ts';
import { withRightLine } from '#core/right-line.ts';
import { storableText } from '#core/storable-text.ts';
import { shownText } from '#core/words/message-parts.ts';
import type { Actor } from '#web/actor.ts';
import type { CorrectionsService } from './corrections.service.ts';

export interface AnswerOf {
  botId: string;
  conversationId: string;
  messageId: number;
}

export interface CorrectedInWords {
  /** Of the entry that holds what is right. */
  title: string;
  /** The entry that the wrong answer came from and that was left as it is; null: it was mended, or there was none. */
  left: string | null;
  /** What the bot says now; null when that is not known. */
  says: string | null;
}

/** Corrections by people who write what is right and do not edit the entry: at the desk. */
export function createCorrectionsInWords({ corrections }: { corrections: CorrectionsService }) {
  const find = (actor: Actor, { messageId, ...of }: AnswerOf) => corrections.find(actor, { ...of, messageId: String(messageId) });

  return {
    /** The wrong line of the entry is replaced where it can be told, else an entry is made. Safe to repeat. @throws ValidationError */
    async correct(actor: Actor, of: AnswerOf, words: string): Promise<CorrectedInWords> {
      const right = storableText(words).trim();
      if (right === '') throw new ValidationError({ content: 'knowledge.form.content.required' });
      const found = await find(actor, of);
      const { answer, entry } = found;
      const wrong = shownText(answer.text, answer.mode);
      const isOwn = entry?.id === answer.newEntryId;
      const content = entry && (isOwn ? right : withRightLine(entry.content, { wrong, right }));
      const mended = entry && content !== null ? { title: entry.title, content } : null;
      const made = { title: questionTitle(answer.question) || questionTitle(right), content: right };
      const form = { ...(mended ?? made), sendCorrection: false };
      const { now } = await corrections.correct(actor, mended ? found : { ...found, entry: null }, form);
      return {
        title: form.title,
        left: entry && !mended ? entry.title : null,
        says: now && shownText(now.text, now.mode),
      };
    },

    /** To the customer, once. @throws ValidationError when they cannot be written to. */
    tell: async (actor: Actor, of: AnswerOf, words: string): Promise<void> => {
      await corrections.tell(actor, await find(actor, of), words);
    },
  };
}

export type CorrectionsInWords = ReturnType<typeof createCorrectionsInWords>;
