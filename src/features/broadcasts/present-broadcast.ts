import { isUnderWay, RECIPIENT_STATES, type RecipientCounts, totalOf } from '#core/broadcast-state.ts';
import { BROADCASTS_PER_SECOND } from '#core/plan-broadcast.ts';
import type { Broadcast, CountRow } from './broadcast.ts';

export interface Progress {
  state: Broadcast['state'];
  counts: RecipientCounts;
  total: number;
  /** Settled for good or ill, of those who were to get it. */
  done: number;
  goal: number;
  secondsLeft: number;
  /** Nothing changes any more without a person. */
  still: boolean;
}

/** How far a broadcast is, as its page and its stream tell it. */
export function progressOf({ state }: Broadcast, rows: readonly CountRow[]): Progress {
  const counts = Object.fromEntries(
    RECIPIENT_STATES.map((name) => [name, rows.filter((row) => row.state === name).reduce((sum, row) => sum + row.count, 0)]),
  ) as RecipientCounts;
  const total = totalOf(counts);
  const goal = total - counts.skipped;
  const open = counts.queued + counts.sending;
  return {
    state,
    counts,
    total,
    goal,
    done: goal - open,
    secondsLeft: Math.ceil(open / BROADCASTS_PER_SECOND),
    still: !isUnderWay(state) && counts.sending === 0,
  };
}

/** Why some got nothing, most frequent first. */
export const reasonsOf = (rows: readonly CountRow[]): { state: CountRow['state']; reason: string; count: number }[] =>
  rows
    .flatMap(({ state, reason, count }) => (reason === null ? [] : [{ state, reason, count }]))
    .toSorted((a, b) => b.count - a.count);
