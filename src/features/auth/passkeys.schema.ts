import { z } from 'zod';
import { cleanText } from '#web/form.ts';

const MAX_NAME_CHARS = 40;
const MAX_ANSWER_CHARS = 20_000;

/** What the browser's authenticator said, as JSON. */
const answerField = z
  .string()
  .max(MAX_ANSWER_CHARS, 'twoFactor.passkey.refused')
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'twoFactor.passkey.refused' });
      return z.NEVER;
    }
  });

export const passkeyForm = z.strictObject({
  name: cleanText.min(1, 'errors.form.required').max(MAX_NAME_CHARS, 'errors.form.too_long'),
  passkey: answerField,
});

export const answerForm = z.strictObject({ passkey: answerField, returnTo: z.string().optional() });
