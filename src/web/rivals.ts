const NEAR_MS = 3_000;

/** Who has lately wanted the event loop: businesses, addresses, and the replies to customers as one. */
export function createRivals({ nowMs = () => performance.now() } = {}) {
  let last = { key: '', atMs: Number.NEGATIVE_INFINITY };
  /** The last one with another key. */
  let before = last;

  return {
    seen(key: string): void {
      if (key !== last.key) before = last;
      last = { key, atMs: nowMs() };
    },

    /** Whether anybody else was seen in the last seconds. */
    near: (key: string): boolean => nowMs() - (last.key === key ? before : last).atMs < NEAR_MS,
  };
}

export type Rivals = ReturnType<typeof createRivals>;
