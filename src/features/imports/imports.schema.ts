import { z } from 'zod';
import { isId } from '#platform/crypto/ids.ts';
import { cleanText } from '#web/form.ts';

export const MAX_TEXT_CHARS = 300_000;

/** A text, files, or both. The files are read beside the form. */
export const importForm = z.strictObject({
  text: cleanText.max(MAX_TEXT_CHARS, 'imports.form.text.too_long').default(''),
  file: z.string().optional(),
  url: cleanText.max(500, 'imports.form.url.invalid').default(''),
});

const ids = z.union([z.string(), z.array(z.string())]).transform((given) =>
  [given]
    .flat()
    .flatMap((one) => one.split(/[\s,]+/u))
    .filter(isId),
);

/** `chosen`: pressed for the ticked ones, so that none is not all. */
export const chosenForm = z
  .strictObject({ ids: ids.optional(), chosen: z.string().optional() })
  .refine(({ ids: some = [], chosen }) => chosen === undefined || some.length > 0, {
    path: ['ids'],
    message: 'imports.review.none_chosen',
  })
  .transform(({ ids: some = [] }) => ({ ids: some.length > 0 ? some : null }));

export const pageQuery = z.object({ page: z.coerce.number().int().min(1).max(10_000).catch(1) });

/** `now` reads the site once more; `weekly` changes whether it is read every week. */
export const againForm = z.strictObject({ act: z.enum(['now', 'weekly']).default('now'), weekly: z.literal('1').optional() });

export type AgainForm = z.output<typeof againForm>;
export type ImportForm = z.output<typeof importForm>;
