/** The key of all replies together. */
export const REPLIES = 'replies';
const NEAR_MS = 3_000;
const REPLYING_MS = 1_000;

/** Who has lately wanted the event loop: businesses, addresses, and the replies to customers as one. */
export function createRivals({ nowMs = () => performance.now() } = {}) {
  let last = { key: '', atMs: Number.NEGATIVE_INFINITY };
  /** The last one with another key. */
  let before = last;
  let repliedAtMs = Number.NEGATIVE_INFINITY;

  return {
    seen(key: string): void {
      if (key !== last.key) before = last;
      last = { key, atMs: nowMs() };
      if (key === REPLIES) repliedAtMs = last.atMs;
    },

    /** Whether anybody else was seen in the last seconds. */
    near: (key: string): boolean => nowMs() - (last.key === key ? before : last).atMs < NEAR_MS,

    /** Whether customers are being answered. */
    replying: (): boolean => nowMs() - repliedAtMs < REPLYING_MS,
  };
}

export type Rivals = ReturnType<typeof createRivals>;
