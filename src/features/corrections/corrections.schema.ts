import { z } from 'zod';
import { entryForm } from '#features/knowledge/feature.ts';

/** The entry as it is right, and whether the customer is told. */
export const correctionForm = entryForm.extend({
  sendCorrection: z
    .enum(['1', 'on', 'true'])
    .optional()
    .transform((value) => value !== undefined),
});

export type CorrectionForm = z.output<typeof correctionForm>;
