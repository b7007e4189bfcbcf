import { z } from 'zod';
import { MAX_QUESTION_CHARS } from '#core/entry-questions.ts';
import { isDay } from '#core/time.ts';
import { isId } from '#platform/crypto/ids.ts';
import { cleanText } from '#web/form.ts';
import { SHOWN } from './knowledge.read.ts';

export const MAX_TITLE_CHARS = 200;
export const MAX_CONTENT_CHARS = 20_000;
export const MAX_SEARCH_CHARS = 100;

const DOTTED = /^(\d{1,2})[./](\d{1,2})[./](20\d{2})$/;

/** A day; empty: none. Without the field an entry keeps its own. */
const lastDay = cleanText
  .transform((text, context): Date | null => {
    const [, day = '', month = '', year] = DOTTED.exec(text) ?? [];
    const iso = year ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` : text;
    if (iso === '') return null;
    if (isDay(iso)) return new Date(iso);
    context.addIssue({ code: 'custom', message: 'knowledge.form.validUntil.invalid' });
    return z.NEVER;
  })
  .optional();

export const entryForm = z.strictObject({
  title: cleanText.min(1, 'knowledge.form.title.required').max(MAX_TITLE_CHARS, 'knowledge.form.title.too_long'),
  content: cleanText.min(1, 'knowledge.form.content.required').max(MAX_CONTENT_CHARS, 'knowledge.form.content.too_long'),
  validUntil: lastDay,
});

/** One question per line. */
export const questionsForm = z.strictObject({
  questions: cleanText
    .transform((text) =>
      text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    )
    .refine((lines) => lines.every((line) => line.length <= MAX_QUESTION_CHARS), 'knowledge.questions.too_long'),
});

const MOST_IDS = 100;
const idList = z
  .union([z.string(), z.array(z.string())])
  .default([])
  .transform((given) =>
    [given]
      .flat()
      .flatMap((one) => one.split(/[\s,]+/u))
      .filter(isId)
      .slice(0, MOST_IDS),
  );

/** Several entries at once. */
export const manyForm = z.strictObject({ ids: idList.refine((ids) => ids.length > 0, 'knowledge.many.none') });
export type ManyForm = z.output<typeof manyForm>;

/** An invalid value shows the first page. */
export const listQuery = z.object({
  q: cleanText.max(MAX_SEARCH_CHARS).catch(''),
  /** The title of a new entry: an unanswered question. */
  title: cleanText.max(MAX_TITLE_CHARS).catch(''),
  show: z.enum(SHOWN).or(z.literal('')).catch(''),
  /** Entries that were deleted just now. */
  undo: idList.catch([]),
  page: z.coerce.number().int().min(1).max(1_000_000).catch(1),
});

export type EntryForm = z.output<typeof entryForm>;
export type ListQuery = z.output<typeof listQuery>;
