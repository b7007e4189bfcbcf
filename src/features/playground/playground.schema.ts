import { z } from 'zod';

export const MAX_TEXT_CHARS = 4_000;

/** POST /bots/:id/playground. Browsers send CRLF; Postgres takes no NUL. */
export const playgroundForm = z.strictObject({
  text: z
    .string()
    .overwrite((text) => text.replaceAll('\0', '').replaceAll('\r\n', '\n').trim())
    .min(1, 'playground.form.text.required')
    .max(MAX_TEXT_CHARS, 'playground.form.text.too_long'),
});

/** POST /bots/:id/playground/reset. */
export const resetForm = z.strictObject({});
