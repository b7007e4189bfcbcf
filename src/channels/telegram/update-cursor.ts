const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * Which updates may be confirmed. An update is confirmed by asking for those after it, and Telegram then forgets it: so
 * only what was stored moves the cursor, whatever grammY itself would ask for.
 */
export function createUpdateCursor() {
  let next: number | undefined;
  let movedAtMs = 0;
  let confirmed = true;

  return {
    /** The update is stored, or says nothing that has to be. */
    accepted(updateId: number, nowMs: number): void {
      next = updateId + 1;
      movedAtMs = nowMs;
      confirmed = false;
    },

    /**
     * The offset to ask with. After a day without updates none: after a week their numbers start anew, perhaps lower, and an
     * old offset would hide them. Source: https://core.telegram.org/bots/api#update (seen 2026-08).
     */
    offset(nowMs: number): number | undefined {
      if (confirmed && nowMs - movedAtMs > DAY_MS) next = undefined;
      return next;
    },

    /** The server has heard of this offset. */
    confirmedBy(offset: number | undefined): void {
      if (offset === next) confirmed = true;
    },

    /** After a fault: the server may have forgotten its numbers too. What it knows need not be said again. */
    restart(): void {
      if (confirmed) next = undefined;
    },

    /** What the server does not know yet; undefined when it knows all. */
    unconfirmed: (): number | undefined => (confirmed ? undefined : next),
  };
}

export type UpdateCursor = ReturnType<typeof createUpdateCursor>;
