import { z } from 'zod';
import { type DayHours, PAYMENT_METHODS, type PaymentMethod } from '#core/business-facts.ts';
import { readHours } from '#core/read-hours.ts';
import { isDay } from '#core/time.ts';
import { cleanText } from '#web/form.ts';
import { cell, DAYS, MOST_ROWS, type RowKind } from './facts-fields.ts';

const MAX_LINE_CHARS = 300;
const MAX_OTHER_CHARS = 2_000;
const FEWEST_DIGITS = 3;

const line = cleanText.max(MAX_LINE_CHARS, 'facts.form.too_long').default('');

/** Null: left empty. */
const hours = line.transform((text, context): DayHours | null => {
  if (text === '') return null;
  const read = readHours(text);
  if ('hours' in read) return read.hours;
  context.addIssue({ code: 'custom', message: `facts.form.hours.${read.fault}` });
  return z.NEVER;
});

const DOTTED = /^(\d{1,2})[./](\d{1,2})[./](20\d{2})$/;
const day = line.transform((text, context): string => {
  const [, date = '', month = '', year] = DOTTED.exec(text) ?? [];
  const iso = year ? `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}` : text;
  if (iso === '' || isDay(iso)) return iso;
  context.addIssue({ code: 'custom', message: 'facts.form.day.invalid' });
  return z.NEVER;
});

const phone = line.refine((text) => text === '' || text.replace(/\D/g, '').length >= FEWEST_DIGITS, 'facts.form.phone.invalid');

const link = line.transform((text, context): string => {
  if (text === '') return '';
  const url = URL.parse(/^[a-z]+:/i.test(text) ? text : `https://${text}`);
  if (url?.protocol === 'https:' && url.hostname.includes('.') && !/\s/.test(text)) return url.href;
  context.addIssue({ code: 'custom', message: 'facts.form.link.invalid' });
  return z.NEVER;
});

const timeZone = z.string().refine((zone) => TIME_ZONES.has(zone), 'facts.form.timeZone.invalid');
export const TIME_ZONES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('timeZone'));

/** `address.1.text`, `address.2.text`, …; read by `cell`. */
function rows(kind: RowKind, fields: Record<string, z.ZodType>): Record<never, never> {
  const numbers = Array.from({ length: MOST_ROWS[kind] }, (_, at) => at + 1);
  return Object.fromEntries(
    numbers.flatMap((at) => Object.entries(fields).map(([field, schema]) => [`${kind}.${at}.${field}`, schema])),
  );
}

const ofDays = Object.fromEntries(DAYS.map((name) => [`hours.${name}`, hours])) as Record<
  `hours.${(typeof DAYS)[number]}`,
  typeof hours
>;
const checkbox = z.literal('1').optional();
const ofMethods = Object.fromEntries(PAYMENT_METHODS.map((name) => [`payment.${name}`, checkbox])) as Record<
  `payment.${PaymentMethod}`,
  typeof checkbox
>;

export const factsForm = z
  .strictObject({
    act: z.enum(['save', 'copyMonday']).default('save'),
    timeZone: timeZone.optional(),
    ...ofDays,
    ...rows('exception', { from: day, to: day, hours, note: line }),
    ...rows('address', { text: line, link, note: line }),
    ...rows('phone', { text: phone, note: line }),
    ...ofMethods,
    paymentOther: line,
    delivery: z.enum(['', 'yes', 'no']).default(''),
    deliveryPrice: line,
    deliveryFreeFrom: line,
    deliveryArea: line,
    deliveryTime: line,
    other: cleanText.max(MAX_OTHER_CHARS, 'facts.form.too_long').default(''),
  })
  .superRefine((form, context) => {
    const refuse = (name: string, message: string): void => context.addIssue({ code: 'custom', path: [name], message });
    for (let at = 1; at <= MOST_ROWS.exception; at++) {
      const [from, to, closed, note] = ['from', 'to', 'hours', 'note'].map((field) => cell(form, 'exception', at, field));
      if (!from && (to || closed || note)) refuse(`exception.${at}.from`, 'facts.form.day.required');
      if (from && to && to < from) refuse(`exception.${at}.to`, 'facts.form.day.before');
    }
    for (const kind of ['address', 'phone'] as const)
      for (let at = 1; at <= MOST_ROWS[kind]; at++) {
        const rest = cell(form, kind, at, 'link') || cell(form, kind, at, 'note');
        if (!cell(form, kind, at, 'text') && rest) refuse(`${kind}.${at}.text`, `facts.form.${kind}.required`);
      }
  });

export type FactsForm = z.output<typeof factsForm>;
