import { z } from 'zod';
import { EVENT_KINDS } from '#core/audit-actions.ts';
import { PLAN_NAMES } from '#core/plans.ts';
import { isDay } from '#core/time.ts';
import { ACTOR_KINDS } from '#features/activity/feature.ts';
import { isId } from '#platform/crypto/ids.ts';
import { BOT_STATES } from './bots.read.ts';
import { STATES } from './people.read.ts';

const MAX_BOTS = 1_000;
const MAX_ANSWERS = 10_000_000;
const MAX_SEARCH_CHARS = 100;

/** Empty: the plan's own number. */
const limitField = (max: number) =>
  z
    .string()
    .trim()
    .regex(/^\d{0,8}$/, 'admin.form.number')
    .transform((text) => (text === '' ? null : Number(text)))
    .refine((value) => value === null || value <= max, 'admin.form.too_large')
    .optional();

/** POST /admin/users/:id/subscription. */
export const subscriptionForm = z.strictObject({
  subscriptionType: z.enum(PLAN_NAMES, 'admin.form.plan'),
  /** The last day of the plan, in the business' own time zone; empty: no end. */
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

const search = z
  .string()
  .trim()
  .max(MAX_SEARCH_CHARS)
  .transform((text) => text.replaceAll('\0', ''))
  .catch('');
const id = z.string().refine(isId).nullable().catch(null);
const nothing = (value: unknown) => (value === undefined || value === '' ? null : value);

/** A link that was cut or changed shows the first page rather than an error. */
export const peopleQuery = z.object({
  q: search,
  plan: z.preprocess(nothing, z.enum(PLAN_NAMES).nullable().catch(null)),
  state: z.enum(STATES).catch('all'),
  after: z.preprocess(nothing, id),
});
export const botsQuery = z.object({
  q: search,
  state: z.enum(BOT_STATES).catch('all'),
  tenantId: z.preprocess(nothing, id),
  after: z.preprocess(nothing, id),
});
export const upgradesQuery = z.object({
  after: z.preprocess(nothing, id),
  decided: z
    .literal('1')
    .transform(() => true)
    .catch(false),
});
export const auditQuery = z.object({
  q: search,
  kind: z.preprocess(nothing, z.enum(EVENT_KINDS).nullable().catch(null)),
  actorKind: z.preprocess(nothing, z.enum(ACTOR_KINDS).nullable().catch(null)),
  tenantId: z.preprocess(nothing, id),
  before: z.preprocess(nothing, z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).nullable().catch(null)),
});
/** POST /admin/audit/export: the filter of the page it was asked for on. */
export const auditExportForm = z.strictObject({
  q: search.optional().default(''),
  kind: z.preprocess(nothing, z.enum(EVENT_KINDS).nullable().catch(null)),
  actorKind: z.preprocess(nothing, z.enum(ACTOR_KINDS).nullable().catch(null)),
  tenantId: z.preprocess(nothing, id),
});
