import { z } from 'zod';
import { EVENT_KINDS } from '#core/audit-actions.ts';
import { PLAN_NAMES } from '#core/plans.ts';
import { isDay } from '#core/time.ts';
import { ACTOR_KINDS } from '#features/activity/feature.ts';
import { flagField, searchField } from '#web/form.ts';
import { idField, numberCursor } from '#web/paging.ts';
import { BOT_STATES } from './bots.read.ts';
import { STATES } from './people.read.ts';

const MAX_BOTS = 1_000;
const MAX_ANSWERS = 10_000_000;

/** Empty: the plan's own number. */
const limitField = (max: number) =>
  z
    .string()
    .trim()
    .regex(/^\d{0,8}$/, 'admin.form.number')
    .transform((text) => (text === '' ? null : Number(text)))
    .refine((value) => value === null || value <= max, 'admin.form.too_large')
    .optional();

export const subscriptionForm = z.strictObject({
  subscriptionType: z.enum(PLAN_NAMES, 'admin.form.plan'),
  /** The last day of the plan in the business's time zone; empty: no end. */
  endDate: z
    .string()
    .trim()
    .refine((day) => day === '' || isDay(day), 'admin.form.date')
    .optional(),
  maxBots: limitField(MAX_BOTS),
  maxMessagesPerMonth: limitField(MAX_ANSWERS),
});
export type SubscriptionForm = z.output<typeof subscriptionForm>;

export const refuseForm = z.strictObject({ reason: z.string().trim().min(1, 'admin.form.reason').max(500) });

/** Invalid values are ignored, so a cut link shows the first page. */
export const peopleQuery = z.object({
  q: searchField,
  plan: z.enum(PLAN_NAMES).nullable().catch(null),
  state: z.enum(STATES).catch('all'),
  after: idField,
});
export const botsQuery = z.object({
  q: searchField,
  state: z.enum(BOT_STATES).catch('all'),
  tenantId: idField,
  after: idField,
});
export const upgradesQuery = z.object({
  after: idField,
  decided: flagField,
});
export const auditQuery = z.object({
  q: searchField,
  kind: z.enum(EVENT_KINDS).nullable().catch(null),
  actorKind: z.enum(ACTOR_KINDS).nullable().catch(null),
  tenantId: idField,
  before: numberCursor,
});
/** POST /admin/audit/export: the filter of its page. */
export const auditExportForm = z.strictObject({
  q: searchField,
  kind: z.enum(EVENT_KINDS).nullable().catch(null),
  actorKind: z.enum(ACTOR_KINDS).nullable().catch(null),
  tenantId: idField,
});
