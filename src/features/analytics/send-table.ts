import type { Response } from 'express';
import { csvLine } from '#core/csv.ts';
import type { Table } from './analytics-tables.ts';
import type { QuestionGroup } from './group-questions.ts';

type Words = { t: (key: string) => string; formatDateTime: (at: Date) => string };
type Line = (string | number | null)[];

// The mark lets spreadsheets see that it is UTF-8.
const send = (res: Response, name: string, lines: Line[]): void =>
  void res
    .attachment(`${name}.csv`)
    .type('text/csv')
    .send(`\uFEFF${lines.map(csvLine).join('')}`);

/** A table of the page as CSV: the same rows, numbers as they are (milliseconds whole). */
export function sendTable({ name, labels, columns, unit, rows }: Table, period: string, res: Response): void {
  const { t } = res.locals as unknown as Words;
  const columnName = (column: string): string => (name === 'hours' ? `${column}:00` : t(`analytics.column.${column}`));
  const labelName = (label: string): string => (labels === 'day' ? label : t(`analytics.${labels}.${label}`));
  const head = [t(`analytics.label.${labels}`), ...columns.map((column) => columnName(column) + (unit === 'ms' ? ' (ms)' : ''))];
  send(res, `${name}-${period}`, [head, ...rows.map(({ label, values }) => [labelName(label), ...values])]);
}

export function sendQuestions(groups: QuestionGroup[], period: string, res: Response): void {
  const { t, formatDateTime } = res.locals as unknown as Words;
  const head = [t('analytics.questions.question'), t('analytics.questions.times'), t('analytics.questions.last')];
  send(res, `questions-${period}`, [head, ...groups.map(({ text, times, at }): Line => [text, times, formatDateTime(at)])]);
}
