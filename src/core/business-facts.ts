/** Minutes since midnight. `to` beyond 1440 is after midnight. */
export interface Interval {
  from: number;
  to: number;
}
/** Empty: closed. In order, without overlaps. */
export type DayHours = readonly Interval[];

/** Days are `YYYY-MM-DD`, both included. */
export interface HoursException {
  from: string;
  to: string;
  hours: DayHours;
  note: string;
}

export const PAYMENT_METHODS = ['cash', 'payme', 'click', 'uzcard', 'humo', 'visa', 'mastercard', 'transfer'] as const;
export type PaymentMethod = (typeof PAYMENT_METHODS)[number];

/** What customers of every business ask, as its owner filled it in. An empty text says nothing. */
export interface BusinessFacts {
  /** Monday first. Null: not filled in. */
  hours: readonly DayHours[] | null;
  exceptions: readonly HoursException[];
  addresses: readonly { text: string; link: string; note: string }[];
  phones: readonly { text: string; note: string }[];
  payment: { methods: readonly PaymentMethod[]; other: string };
  delivery: { offered: boolean | null; price: string; freeFrom: string; area: string; time: string };
  other: string;
}

export const NO_FACTS: BusinessFacts = {
  hours: null,
  exceptions: [],
  addresses: [],
  phones: [],
  payment: { methods: [], other: '' },
  delivery: { offered: null, price: '', freeFrom: '', area: '', time: '' },
  other: '',
};

/** Names that are the same in every language. */
export const METHOD_NAMES: Record<Exclude<PaymentMethod, 'cash' | 'transfer'>, string> = {
  payme: 'Payme',
  click: 'Click',
  uzcard: 'Uzcard',
  humo: 'Humo',
  visa: 'Visa',
  mastercard: 'Mastercard',
};

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

export const clockText = (minutes: number): string =>
  [minutes === 1440 ? 24 : Math.floor(minutes / 60) % 24, minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');

export const isWholeDay = (hours: DayHours): boolean => hours.some(({ from, to }) => from === 0 && to >= 1440);

/** `09:00–13:00, 14:00–18:00` */
export const hoursText = (hours: DayHours, words: { closed: string; always: string }): string => {
  if (hours.length === 0) return words.closed;
  if (isWholeDay(hours)) return words.always;
  return hours.map(({ from, to }) => `${clockText(from)}–${clockText(to)}`).join(', ');
};

/** Days in a row with the same hours: 0 is Monday. */
export function weekRuns(hours: readonly DayHours[]): { first: number; last: number; hours: DayHours }[] {
  const runs: { first: number; last: number; hours: DayHours }[] = [];
  hours.forEach((day, at) => {
    const run = runs.at(-1);
    if (run && JSON.stringify(run.hours) === JSON.stringify(day)) run.last = at;
    else runs.push({ first: at, last: at, hours: day });
  });
  return runs;
}

const written = new WeakMap<BusinessFacts, string>();

/** For the prompt, one fact a line; '' when nothing is filled in. Cached, because every answer needs it. */
export function factsText(facts: BusinessFacts): string {
  const known = written.get(facts);
  if (known !== undefined) return known;
  const text = factLines(facts).join('\n');
  written.set(facts, text);
  return text;
}

function factLines(facts: BusinessFacts): string[] {
  const { hours, exceptions, addresses, phones, payment, delivery, other } = facts;
  const words = { closed: 'closed', always: 'round the clock' };
  const lines: string[] = [];
  const add = (label: string, ...parts: string[]): void => {
    const text = parts.filter(Boolean).join('; ');
    if (text !== '') lines.push(`${label}: ${text}`);
  };
  const noted = (text: string, note: string): string => (note ? `${text} (${note})` : text);
  const daysOf = ({ first, last }: { first: number; last: number }): string =>
    first === last ? (WEEKDAYS[first] as string) : `${WEEKDAYS[first]} to ${WEEKDAYS[last]}`;
  add('Opening hours', ...weekRuns(hours ?? []).map((run) => `${daysOf(run)} ${hoursText(run.hours, words)}`));
  for (const { from, to, hours: other, note } of exceptions)
    add('Exception', noted(`${from === to ? from : `${from} to ${to}`} ${hoursText(other, words)}`, note));
  for (const { text, link, note } of addresses) add('Address', noted(text, note), link);
  for (const { text, note } of phones) add('Telephone', noted(text, note));
  add('Payment', [...payment.methods.map(methodName), payment.other].filter(Boolean).join(', '));
  if (delivery.offered !== null) add('Delivery', delivery.offered ? 'yes' : 'no');
  if (delivery.offered) {
    add('Delivery price', delivery.price);
    add('Delivery is free from', delivery.freeFrom);
    add('Delivery area', delivery.area);
    add('Delivery time', delivery.time);
  }
  add('Also', other);
  return lines;
}

const methodName = (method: PaymentMethod): string =>
  method === 'cash' ? 'cash' : method === 'transfer' ? 'bank transfer' : METHOD_NAMES[method];
