import { z } from 'zod';
import { cleanText, searchField } from '#web/form.ts';
import { idField } from '#web/paging.ts';

const MAX_TITLE_CHARS = 200;
/** One message on Telegram and WhatsApp, with the customer's own question above it. */
const MAX_ANSWER_CHARS = 3_500;

export const answerForm = z.strictObject({
  title: cleanText.min(1, 'knowledge.form.title.required').max(MAX_TITLE_CHARS, 'knowledge.form.title.too_long'),
  content: cleanText.min(1, 'questions.form.content.required').max(MAX_ANSWER_CHARS, 'questions.form.content.too_long'),
});

/** An invalid value shows the first page of the open ones. */
export const listQuery = z.object({
  q: searchField,
  state: z.enum(['open', 'answered', 'dismissed']).nullable().catch(null),
  page: z.coerce.number().int().min(1).max(1_000_000).catch(1),
  question: idField,
});

export type ListQuery = z.output<typeof listQuery>;
export type AnswerForm = z.output<typeof answerForm>;
