import { type BusinessFacts, type DayHours, hoursText, type PaymentMethod } from '#core/business-facts.ts';
import type { FactsForm } from './facts.schema.ts';
import { cell, DAYS, MOST_ROWS, type RowKind } from './facts-fields.ts';

const LEAST_ROWS = 3;

/** In the words of the page, which the form reads back. */
export interface HoursWords {
  closed: string;
  always: string;
}

/** The fields of the form, as an owner would fill them in. */
export function formOf(
  { facts, timeZone }: { facts: BusinessFacts; timeZone: string },
  words: HoursWords,
): Record<string, string> {
  const form: Record<string, string> = { timeZone, other: facts.other, paymentOther: facts.payment.other };
  const row = (kind: RowKind, at: number, fields: Record<string, string>): void => {
    for (const [name, value] of Object.entries(fields)) form[`${kind}.${at + 1}.${name}`] = value;
  };
  const text = (hours: DayHours): string => hoursText(hours, words);
  facts.hours?.forEach((hours, at) => {
    form[`hours.${DAYS[at]}`] = text(hours);
  });
  facts.exceptions.forEach(({ from, to, hours, note }, at) => {
    row('exception', at, { from, to: to === from ? '' : to, hours: text(hours), note });
  });
  facts.addresses.forEach((address, at) => {
    row('address', at, address);
  });
  facts.phones.forEach((phone, at) => {
    row('phone', at, phone);
  });
  for (const method of facts.payment.methods) form[`payment.${method}`] = '1';
  const { offered, price, freeFrom, area, time } = facts.delivery;
  form['delivery'] = offered === null ? '' : offered ? 'yes' : 'no';
  return { ...form, deliveryPrice: price, deliveryFreeFrom: freeFrom, deliveryArea: area, deliveryTime: time };
}

/** `shown`: down to the last filled one, at least one; `more`: empty ones to unfold. */
export function rowsOf(form: Record<string, string>, kind: RowKind): { shown: number[]; more: number[] } {
  const numbers = Object.entries(form).flatMap(([name, value]) =>
    name.startsWith(`${kind}.`) && value !== '' ? [Number(name.split('.')[1]) || 0] : [],
  );
  const filled = Math.min(Math.max(1, ...numbers), MOST_ROWS[kind]);
  const all = Array.from({ length: Math.min(Math.max(LEAST_ROWS, filled + 1), MOST_ROWS[kind]) }, (_, at) => at + 1);
  return { shown: all.slice(0, filled), more: all.slice(filled) };
}

/** Empty rows are left out. */
export function factsOf(form: FactsForm): BusinessFacts {
  const days = DAYS.map((day) => form[`hours.${day}`]);
  const monday = form['hours.mon'];
  const hours = form.act === 'copyMonday' ? days.map(() => monday) : days;
  const rows = <Row>(kind: RowKind, read: (at: number) => Row | null): Row[] =>
    Array.from({ length: MOST_ROWS[kind] }, (_, at) => read(at + 1)).filter((row) => row !== null);
  return {
    hours: hours.some((day) => day !== null) ? hours.map((day) => day ?? []) : null,
    exceptions: rows('exception', (at) => {
      const from = cell(form, 'exception', at, 'from');
      if (!from) return null;
      const to = cell(form, 'exception', at, 'to') || from;
      return {
        from,
        to,
        hours: cell<DayHours | null>(form, 'exception', at, 'hours') ?? [],
        note: cell(form, 'exception', at, 'note'),
      };
    }).toSorted((a, b) => a.from.localeCompare(b.from)),
    addresses: rows('address', (at) => {
      const text = cell(form, 'address', at, 'text');
      return text ? { text, link: cell(form, 'address', at, 'link'), note: cell(form, 'address', at, 'note') } : null;
    }),
    phones: rows('phone', (at) => {
      const text = cell(form, 'phone', at, 'text');
      return text ? { text, note: cell(form, 'phone', at, 'note') } : null;
    }),
    payment: {
      methods: Object.keys(form).flatMap((name) =>
        name.startsWith('payment.') && form[name as 'payment.cash'] ? [name.slice('payment.'.length) as PaymentMethod] : [],
      ),
      other: form.paymentOther,
    },
    delivery: {
      offered: form.delivery === '' ? null : form.delivery === 'yes',
      price: form.deliveryPrice,
      freeFrom: form.deliveryFreeFrom,
      area: form.deliveryArea,
      time: form.deliveryTime,
    },
    other: form.other,
  };
}
