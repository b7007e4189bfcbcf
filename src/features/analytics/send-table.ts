import type { Response } from 'express';
import type { CsvLine } from '#core/csv.ts';
import { sendCsv } from '#web/csv.ts';
import type { Table } from './analytics-tables.ts';
import type { QuestionGroup } from './group-questions.ts';

type Words = { t: (key: string) => string; formatDateTime: (at: Date) => string };

export function sendTable({ name, labels, columns, unit, rows }: Table, period: string, res: Response): Promise<void> {
  const { t } = res.locals as unknown as Words;
  const columnName = (column: string): string => (name === 'hours' ? `${column}:00` : t(`analytics.column.${column}`));
  const labelName = (label: string): string => (labels === 'day' ? label : t(`analytics.${labels}.${label}`));
  const head = [t(`analytics.label.${labels}`), ...columns.map((column) => columnName(column) + (unit === 'ms' ? ' (ms)' : ''))];
  const lines = rows.map(({ label, values }) => [labelName(label), ...values]);
  return sendCsv(res, { name: `${name}-${period}`, head, blocks: [lines] });
}

export function sendQuestions(groups: QuestionGroup[], period: string, res: Response): Promise<void> {
  const { t, formatDateTime } = res.locals as unknown as Words;
  const head = [t('analytics.questions.question'), t('analytics.questions.times'), t('analytics.questions.last')];
  const lines = groups.map(({ text, times, at }): CsvLine => [text, times, formatDateTime(at)]);
  return sendCsv(res, { name: `questions-${period}`, head, blocks: [lines] });
}
