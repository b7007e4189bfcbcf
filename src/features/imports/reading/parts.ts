import type { Place } from '#core/importing/draft.ts';
import type { Table } from '#core/importing/draft-table.ts';
import type { ReadFailure } from '#core/importing/read-failures.ts';

/** What a file is made of. */
export type Part = { text: string; place?: Place } | { table: Table } | { post: string };

/** A file that is not read, with the reason its owner is told. */
export class UnreadableError extends Error {
  readonly reason: ReadFailure;

  constructor(reason: ReadFailure) {
    super(reason);
    this.reason = reason;
  }
}
