import { z } from 'zod';
import { cleanText } from '#web/form.ts';

export const MAX_QUESTION_CHARS = 500;
const MAX_WORDS_CHARS = 200;
const MAX_WORDS = 10;
const MAX_RUBRIC_CHARS = 500;

/** One a line, or parted by semicolons. */
const words = cleanText
  .default('')
  .transform((text) => [
    ...new Set(
      text
        .split(/[\n;]/)
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    ),
  ])
  .refine((lines) => lines.length <= MAX_WORDS, 'quality.form.words.too_many')
  .refine((lines) => lines.every((line) => line.length <= MAX_WORDS_CHARS), 'quality.form.words.too_long');

export const goldenForm = z.strictObject({
  question: cleanText.min(1, 'quality.form.question.required').max(MAX_QUESTION_CHARS, 'quality.form.question.too_long'),
  mustContain: words,
  mustNotContain: words,
  mustRefuse: z
    .enum(['1', 'on', 'true', '0', 'false', ''])
    .optional()
    .transform((value) => ['1', 'on', 'true'].includes(value ?? '')),
  rubric: cleanText.max(MAX_RUBRIC_CHARS, 'quality.form.rubric.too_long').default(''),
});

export type GoldenForm = z.output<typeof goldenForm>;
