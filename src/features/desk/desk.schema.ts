import { z } from 'zod';

const hour = z
  .union([z.literal(''), z.coerce.number().int().min(0).max(23)], { error: 'desk.form.hour_wrong' })
  .transform((value) => (value === '' ? null : value))
  .default(null);

export const settingsForm = z
  .strictObject({
    onlyHandoffs: z
      .literal('1')
      .optional()
      .transform((value) => value === '1'),
    quietFrom: hour,
    quietUntil: hour,
  })
  .refine(({ quietFrom, quietUntil }) => (quietFrom === null) === (quietUntil === null), {
    path: ['quietUntil'],
    error: 'desk.form.hours_both',
  });
export type SettingsForm = z.output<typeof settingsForm>;
