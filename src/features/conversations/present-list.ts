import type { ConversationSummary, LabelMark } from './list.read.ts';

export interface ListRow extends ConversationSummary {
  labels: LabelMark[];
  /** At most two letters, for the circle beside the name. */
  initials: string;
}

const WORD_START = /(?<![\p{L}\p{N}])[\p{L}\p{N}]/gu;

export const initialsOf = (name: string | null): string =>
  (name?.match(WORD_START) ?? []).slice(0, 2).join('').toLocaleUpperCase('en') || '?';

export const presentRows = (rows: readonly Omit<ListRow, 'initials'>[]): ListRow[] =>
  rows.map((row) => ({ ...row, initials: initialsOf(row.customerName ?? row.username) }));
