import { createHash } from 'node:crypto';
import { isUnderWay, RECIPIENT_STATES, type RecipientCounts, totalOf } from '#core/broadcast-state.ts';
import { BROADCASTS_PER_SECOND } from '#core/plan-broadcast.ts';
import { createLiveStreams, type LiveStreamsDeps, type Snapshot, type Watched } from '#web/live-streams.ts';
import type { Broadcast, CountRow } from './broadcast.ts';

export interface Progress {
  state: Broadcast['state'];
  counts: RecipientCounts;
  total: number;
  done: number;
  goal: number;
  secondsLeft: number;
  still: boolean;
}

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

export const reasonsOf = (rows: readonly CountRow[]): { state: CountRow['state']; reason: string; count: number }[] =>
  rows
    .flatMap(({ state, reason, count }) => (reason === null ? [] : [{ state, reason, count }]))
    .toSorted((a, b) => b.count - a.count);

export interface Deps extends Pick<LiveStreamsDeps, 'tenantsOfSessions' | 'streamLimit'> {
  find: (tenantId: string, botId: string, id: string) => Promise<Broadcast | null>;
  counts: (tenantId: string, id: string) => Promise<CountRow[]>;
}

const TURN_MS = 1_000;
const SLOWEST_TURNS = 4;

/** A stream ends when the broadcast changes no more by itself. */
export function createProgressStreams({ find, counts, ...deps }: Deps) {
  async function lookAt({ tenantId, botId, id }: Watched): Promise<Snapshot | null> {
    const broadcast = await find(tenantId, botId, id);
    if (!broadcast) return null;
    const progress = progressOf(broadcast, await counts(tenantId, id));
    const hash = createHash('sha256').update(JSON.stringify(progress)).digest('base64url').slice(0, 16);
    return { id: hash, last: progress.still };
  }

  return createLiveStreams({
    ...deps,
    turnMs: TURN_MS,
    slowestTurns: SLOWEST_TURNS,
    async look(watched) {
      const found: (Snapshot | null)[] = [];
      // One after the other, so that watching does not use up the database's connections.
      for (const one of watched) found.push(await lookAt(one));
      return found;
    },
  });
}

export type ProgressStreams = ReturnType<typeof createProgressStreams>;
