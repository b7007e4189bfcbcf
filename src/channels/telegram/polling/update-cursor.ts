import { DAY_MS } from '#core/durations.ts';

/** Only stored updates move the cursor, because Telegram forgets confirmed ones. */
export function createUpdateCursor() {
  let next: number | undefined;
  let movedAtMs = 0;
  let confirmed = true;

  return {
    accepted(updateId: number, nowMs: number): void {
      next = updateId + 1;
      movedAtMs = nowMs;
      confirmed = false;
    },

    // None after a day without updates: Telegram may restart from a lower number after a week, and an old offset hides updates.
    // Source: https://core.telegram.org/bots/api#update (seen 2026-08).
    offset(nowMs: number): number | undefined {
      if (confirmed && nowMs - movedAtMs > DAY_MS) next = undefined;
      return next;
    },

    confirmedBy(offset: number | undefined): void {
      if (offset === next) confirmed = true;
    },

    /** After a failure, because the server may have forgotten its numbers too. */
    restart(): void {
      if (confirmed) next = undefined;
    },

    /** The offset that the server has not received yet. */
    unconfirmed: (): number | undefined => (confirmed ? undefined : next),
  };
}
