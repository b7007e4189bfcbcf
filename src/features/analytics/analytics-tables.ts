import { daysOf, type Period } from '#core/analytics-period.ts';
import { weekdayOf } from '#core/time.ts';
import { quantileMs } from '#core/time-buckets.ts';
import type { CountedDay, DayCounts } from './analytics.read.ts';

export const TABLE_NAMES = ['messages', 'customers', 'outcomes', 'modes', 'times', 'hours', 'languages'] as const;
export type TableName = (typeof TABLE_NAMES)[number];
export const MODES = ['ai', 'knowledge', 'fallback', 'fixed', 'person'] as const;
/** What became of questions. `handed`: to a person; `person`: answers of the staff. */
export const OUTCOMES = ['answered', 'knowledge', 'partly', 'unknown', 'handed', 'person'] as const;
const LANGUAGES = ['uz', 'uz-Cyrl', 'ru', 'en', 'unknown'] as const;
const HOURS = 24;
const WEEKDAYS = 7;
const P95 = 0.95;

/** `label` is a day, a mode, an outcome, a language or a weekday, as `rows` says. */
export interface Table {
  name: TableName;
  labels: 'day' | 'mode' | 'outcome' | 'language' | 'weekday';
  columns: string[];
  unit: 'count' | 'ms';
  rows: { label: string; values: (number | null)[] }[];
}

export interface Totals {
  received: number;
  answers: number;
  newCustomers: number;
  /** Percent of the questions that the bot answered in full; null without questions. */
  closedPercent: number | null;
  questions: number;
  costMicroUsd: number;
  medianMs: number | null;
  p95Ms: number | null;
}

type Values = (counts: DayCounts) => (number | null)[];
const count = (key: string) => (counts: DayCounts) => counts[key] ?? 0;

/** Days come newest first; a day without messages is filled with zeros. */
export function tablesOf(counted: CountedDay[], period: Period): Record<TableName, Table> {
  const byDay = new Map(counted.map(({ day, counts }) => [day, counts]));
  const days = daysOf(period).toReversed();
  const total = sumOf(counted);
  const daily = (name: TableName, columns: string[], values: Values, unit: Table['unit'] = 'count'): Table => ({
    name,
    labels: 'day',
    columns,
    unit,
    rows: days.map((day) => ({ label: day, values: values(byDay.get(day) ?? {}) })),
  });
  return {
    messages: daily('messages', ['received', 'answers'], (day) => [count('in')(day), count('out')(day)]),
    customers: daily('customers', ['active', 'new'], (day) => [count('active')(day), count('new')(day)]),
    times: daily('times', ['median', 'p95'], (day) => [quantileMs(timesOf(day), 0.5), quantileMs(timesOf(day), P95)], 'ms'),
    outcomes: shares('outcomes', 'outcome', OUTCOMES, total),
    modes: shares('modes', 'mode', MODES, total),
    languages: shares('languages', 'language', LANGUAGES, total),
    hours: hoursOf(counted),
  };
}

export function busiestOf({ rows, columns }: Table): { weekday: string; hour: string; count: number } {
  const cells = rows.flatMap(({ label, values }) =>
    values.map((value, hour) => ({ weekday: label, hour: columns[hour] as string, count: value ?? 0 })),
  );
  return cells.reduce((most, cell) => (cell.count > most.count ? cell : most));
}

export function totalsOf(counted: CountedDay[]): Totals {
  const total = sumOf(counted);
  const answers = total['out'] ?? 0;
  const sum = (...outcomes: string[]): number => outcomes.reduce((all, outcome) => all + (total[`outcome.${outcome}`] ?? 0), 0);
  const closed = sum('answered', 'knowledge');
  const questions = closed + sum('partly', 'unknown', 'handed');
  return {
    received: total['in'] ?? 0,
    answers,
    newCustomers: total['new'] ?? 0,
    closedPercent: questions > 0 ? Math.floor((closed * 100) / questions) : null,
    questions,
    costMicroUsd: total['cost'] ?? 0,
    medianMs: quantileMs(timesOf(total), 0.5),
    p95Ms: quantileMs(timesOf(total), P95),
  };
}

function sumOf(counted: CountedDay[]): DayCounts {
  const total: DayCounts = {};
  for (const { counts } of counted) {
    for (const [key, n] of Object.entries(withOutcomes(counts))) total[key] = (total[key] ?? 0) + n;
  }
  return total;
}

/** Days that were counted before there were outcomes have modes only. */
function withOutcomes(counts: DayCounts): DayCounts {
  if (Object.keys(counts).some((key) => key.startsWith('outcome.'))) return counts;
  const {
    'mode.ai': answered = 0,
    'mode.knowledge': knowledge = 0,
    'mode.fallback': unknown = 0,
    'mode.person': person = 0,
  } = counts;
  return {
    ...counts,
    'outcome.answered': answered,
    'outcome.knowledge': knowledge,
    'outcome.unknown': unknown,
    'outcome.person': person,
  };
}

function timesOf(counts: DayCounts): Map<number, number> {
  const times = Object.entries(counts).filter(([key]) => key.startsWith('took.'));
  return new Map(times.map(([key, n]) => [Number(key.slice('took.'.length)), n]));
}

function shares(
  name: 'outcomes' | 'modes' | 'languages',
  labels: 'outcome' | 'mode' | 'language',
  known: readonly string[],
  total: DayCounts,
): Table {
  const all = known.map((label) => ({ label, values: [count(`${labels}.${label}`)(total)] }));
  const rows = all.filter(({ values }) => values[0]).toSorted((a, b) => (b.values[0] ?? 0) - (a.values[0] ?? 0));
  return { name, labels, columns: ['number'], unit: 'count', rows };
}

function hoursOf(counted: CountedDay[]): Table {
  const grid = Array.from({ length: WEEKDAYS }, () => Array.from({ length: HOURS }, () => 0));
  for (const { day, counts } of counted) {
    const row = grid[weekdayOf(day) - 1] as number[];
    for (let hour = 0; hour < HOURS; hour += 1) row[hour] = (row[hour] ?? 0) + count(`hour.${hour}`)(counts);
  }
  const columns = Array.from({ length: HOURS }, (_, hour) => String(hour).padStart(2, '0'));
  return {
    name: 'hours',
    labels: 'weekday',
    columns,
    unit: 'count',
    rows: grid.map((values, i) => ({ label: String(i + 1), values })),
  };
}
