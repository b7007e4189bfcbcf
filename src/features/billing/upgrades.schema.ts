import { z } from 'zod';

export const MONTHS = [1, 3, 6, 12] as const;
const MAX_NOTE_CHARS = 1_000;

export const upgradeForm = z.strictObject({
  plan: z.enum(['STARTER', 'BASIC', 'PREMIUM'], 'subscription.upgrade.error.plan'),
  months: z
    .string()
    .refine((text) => MONTHS.some((months) => String(months) === text), 'subscription.upgrade.error.months')
    .transform(Number),
  note: z.string().trim().max(MAX_NOTE_CHARS).optional().default(''),
  /** Browsers send an empty text when no file is chosen. */
  receipt: z.string().max(0).optional(),
});
export type UpgradeForm = z.output<typeof upgradeForm>;
