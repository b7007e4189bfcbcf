import type { ConversationSummary } from './conversations.repo.ts';

export interface ListRow extends ConversationSummary {
  /** At most two letters, for the circle beside the name. */
  initials: string;
}

const WORD_START = /(?<![\p{L}\p{N}])[\p{L}\p{N}]/gu;

export const initialsOf = (name: string | null): string =>
  (name?.match(WORD_START) ?? []).slice(0, 2).join('').toLocaleUpperCase('en') || '?';

export const presentRows = (rows: readonly ConversationSummary[]): ListRow[] =>
  rows.map((row) => ({ ...row, initials: initialsOf(row.customerName ?? row.username) }));

export interface ListQuery {
  q: string;
  waiting: boolean;
  taken: boolean;
  bot: string | null;
}

/** The query of a list as text that ends in `&`, without its page; '' for the whole list. */
export function keepOf({ q, waiting, taken, bot }: ListQuery): string {
  const fields = { q, waiting: waiting ? '1' : '', taken: taken ? '1' : '', bot: bot ?? '' };
  const kept = new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== '')).toString();
  return kept && `${kept}&`;
}
