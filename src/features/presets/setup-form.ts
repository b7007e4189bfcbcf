import { z } from 'zod';
import { factsForm } from '#features/facts/feature.ts';
import { cleanText } from '#web/form.ts';
import { isDropOf, isValueOf } from './blank-fields.ts';

const MAX_VALUE_CHARS = 1_000;
const MOST_FIELDS = 500;
const WEEK = { 'hours.workdays': ['mon', 'tue', 'wed', 'thu', 'fri'], 'hours.sat': ['sat'], 'hours.sun': ['sun'] };
const PLAIN = ['address.1.text', 'phone.1.text', 'paymentOther', 'delivery', 'deliveryPrice', 'deliveryFreeFrom', 'deliveryArea'];
const PAYMENT = /^payment\.[a-z]+$/;

const value = cleanText.max(MAX_VALUE_CHARS, 'facts.form.too_long');
const isFact = (name: string): boolean => Object.hasOwn(WEEK, name) || PLAIN.includes(name) || PAYMENT.test(name);

/**
 * Step two of a new bot: the blanks of its first entries, and the business facts that customers ask for most. `facts` is null when
 * none of them was filled in.
 */
export const setupForm = z.record(z.string().max(100), value).transform((fields, context) => {
  const names = Object.keys(fields);
  const stray = names.find((name) => !isFact(name) && !isValueOf(name) && !isDropOf(name));
  if (stray !== undefined || names.length > MOST_FIELDS) refuse(context, 'form', 'errors.form.unknown_field');
  const typed = names.filter((name) => isFact(name) && fields[name] !== '');
  const facts = typed.length > 0 ? readFacts(fields, typed, context) : null;
  return { fields, facts };
});

export type SetupForm = z.output<typeof setupForm>;

function readFacts(fields: Record<string, string>, typed: string[], context: z.RefinementCtx) {
  const raw: Record<string, string> = {};
  for (const name of typed)
    for (const of of Object.hasOwn(WEEK, name) ? WEEK[name as keyof typeof WEEK].map((day) => `hours.${day}`) : [name])
      raw[of] = fields[name] as string;
  if (typed.some((name) => /^delivery[A-Z]/.test(name)) && !raw['delivery']) raw['delivery'] = 'yes';
  const read = factsForm.safeParse(raw);
  if (read.success) return read.data;
  for (const { path, message } of read.error.issues) refuse(context, shownName(String(path[0] ?? 'form')), message);
  return z.NEVER;
}

const shownName = (name: string): string =>
  Object.entries(WEEK).find(([, days]) => days.some((day) => name === `hours.${day}`))?.[0] ?? name;

const refuse = (context: z.RefinementCtx, name: string, message: string): void =>
  context.addIssue({ code: 'custom', path: [name], message });
