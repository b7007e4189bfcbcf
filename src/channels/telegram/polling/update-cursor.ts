const DAY_MS = 24 * 60 * 60 * 1_000;

/** Which updates may be confirmed: only what was stored moves the cursor, since Telegram forgets what is confirmed. */
export function createUpdateCursor() {
  let next: number | undefined;
  let movedAtMs = 0;
  let confirmed = true;

  return {
    /** The update is stored, or holds nothing to store. */
    accepted(updateId: number, nowMs: number): void {
      next = updateId + 1;
      movedAtMs = nowMs;
      confirmed = false;
    },

    /**
     * The offset to ask with; none after a day without updates. After a week Telegram may number updates from a lower start, and
     * an old offset would hide them. Source: https://core.telegram.org/bots/api#update (seen 2026-08).
     */
    offset(nowMs: number): number | undefined {
      if (confirmed && nowMs - movedAtMs > DAY_MS) next = undefined;
      return next;
    },

    /** The server has heard of this offset. */
    confirmedBy(offset: number | undefined): void {
      if (offset === next) confirmed = true;
    },

    /** After a fault, since the server may have forgotten its numbers too. */
    restart(): void {
      if (confirmed) next = undefined;
    },

    /** The offset that the server has not heard yet; undefined when there is none. */
    unconfirmed: (): number | undefined => (confirmed ? undefined : next),
  };
}
