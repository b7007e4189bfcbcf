import { z } from 'zod';

/** In soʻm; 2,147,483,647 is the column's limit. */
const MIN_CEILING = 1_000;
const MAX_CEILING = 2_000_000_000;

/** Digits, as people group them; empty: no ceiling. */
export const ceilingForm = z.strictObject({
  ceiling: z
    .string('subscription.cost.error')
    .transform((text) => text.replace(/[\s\u00a0.,']|soʻm|сум/giu, ''))
    .refine((digits) => digits === '' || isCeiling(digits), 'subscription.cost.error')
    .transform((digits) => (digits === '' ? null : Number(digits))),
});

const isCeiling = (digits: string): boolean =>
  /^\d{1,10}$/.test(digits) && Number(digits) >= MIN_CEILING && Number(digits) <= MAX_CEILING;
