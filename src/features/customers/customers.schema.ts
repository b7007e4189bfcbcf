import { z } from 'zod';
import { REPLY_LANGUAGES } from '#core/languages.ts';
import { isId } from '#platform/crypto/ids.ts';
import { cleanText, searchField } from '#web/form.ts';

export const MAX_FIELD_NAME = 40;
export const MAX_FIELD_VALUE = 500;

/** Empty: as the customer writes. */
export const languageForm = z.strictObject({
  language: z.union([z.literal('').transform(() => null), z.enum(REPLY_LANGUAGES)], 'errors.form.invalid'),
});

export const fieldForm = z.strictObject({
  name: cleanText.min(1, 'errors.form.required').max(MAX_FIELD_NAME, 'errors.form.too_long'),
  value: cleanText.max(MAX_FIELD_VALUE, 'errors.form.too_long').default(''),
});
export type FieldForm = z.output<typeof fieldForm>;

export const whoForm = z.strictObject({ customerId: z.string().refine(isId, 'errors.form.invalid') });

/** `out`: `1` no broadcasts, `0` broadcasts again. */
export const optOutForm = z.strictObject({
  customerId: z.string().refine(isId, 'errors.form.invalid'),
  out: z.enum(['0', '1'], 'errors.form.invalid').transform((value) => value === '1'),
});

export const findQuery = z.object({ q: searchField });
