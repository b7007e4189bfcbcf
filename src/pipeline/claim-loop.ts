import type { Sql } from '#platform/db/database.ts';
import type { Logger } from '#platform/logger.ts';
import type { FairShares } from './fair-shares.ts';
import { type ClaimedWork, claim } from './work.ts';

const BATCH = 100;
export const MOST_OF_ONE_CLAIM = 16;
export const POLL_MS = 1_000;
// After a claim that found less than it asked for: more work for one statement.
const CLAIM_PAUSE_MS = 10;

interface Deps {
  sql: Sql;
  shares: FairShares;
  /** How many more replies may run. */
  room: () => number;
  isStarted: () => boolean;
  isStopping: () => boolean;
  begin: (work: ClaimedWork) => void;
  logger: Logger;
}

/** Claims work until none is left or there is no room. */
export function createClaimLoop({ sql, shares, room, isStarted, isStopping, begin, logger }: Deps) {
  let wakeUp: NodeJS.Timeout | undefined;
  let claiming: Promise<void> | null = null;
  let wanted = false;
  let starved = false;

  /** A call while it runs makes it look once more. */
  function look(): void {
    wanted = true;
    claiming ??= claimAll().finally(() => {
      claiming = null;
    });
  }

  async function claimAll(): Promise<void> {
    try {
      while (wanted && !isStopping()) {
        wanted = false;
        starved = false;
        const most = Math.min(BATCH, room());
        starved ||= most <= 0;
        if (most <= 0) break;
        const fullConnections = shares.full();
        starved ||= fullConnections.length > 0;
        const { claimed, nextDueInMs } = await claim(sql, { most, mostOfOne: MOST_OF_ONE_CLAIM, fullConnections });
        for (const work of claimed) begin(work);
        const connections = claimed.map(({ connectionId }) => connectionId);
        if (shares.claimed(connections, fullConnections) || claimed.length === most) wanted = true;
        else {
          lookIn(nextDueInMs);
          await new Promise((resolve) => setTimeout(resolve, CLAIM_PAUSE_MS));
        }
      }
    } catch (err) {
      logger.warn(err as Error, 'reply: work could not be claimed, trying again');
    }
  }

  /** A quiet time or a pause ends before the next poll. */
  function lookIn(delayMs: number | null): void {
    clearTimeout(wakeUp);
    if (delayMs !== null && delayMs < POLL_MS && isStarted()) wakeUp = setTimeout(look, delayMs + 1);
  }

  return {
    look,

    /** Work was left for lack of room. */
    isStarved: (): boolean => starved,

    sleep: (): void => clearTimeout(wakeUp),

    ended: async (): Promise<void> => void (await claiming),
  };
}
