import { z } from 'zod';
import { cleanText } from '#web/form.ts';

export const MAX_TEXT_CHARS = 4_000;

export const playgroundForm = z.strictObject({
  text: cleanText.min(1, 'playground.form.text.required').max(MAX_TEXT_CHARS, 'playground.form.text.too_long'),
});
