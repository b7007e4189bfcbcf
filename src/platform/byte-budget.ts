export interface Reservation {
  /** The real size is known now. */
  shrinkTo(bytes: number): void;
  free(): void;
}

interface Waiting {
  key: string;
  bytes: number;
  start: () => void;
}

/** At most `max` bytes at once, and at most `share` of one key. Waiters of a full key let others pass. */
export function createByteBudget(max: number, share: number) {
  let used = 0;
  const usedBy = new Map<string, number>();
  const waiting: Waiting[] = [];

  const hasShare = ({ key, bytes }: Pick<Waiting, 'key' | 'bytes'>): boolean => (usedBy.get(key) ?? 0) + bytes <= share;

  function add(key: string, bytes: number): void {
    used += bytes;
    const total = (usedBy.get(key) ?? 0) + bytes;
    if (total > 0) usedBy.set(key, total);
    else usedBy.delete(key);
  }

  function wake(): void {
    for (let i = 0; i < waiting.length; ) {
      const next = waiting[i] as Waiting;
      if (hasShare(next)) {
        // In order: smaller ones behind it would keep a large one waiting for ever.
        if (used + next.bytes > max) return;
        waiting.splice(i, 1);
        next.start();
      } else i += 1;
    }
  }

  function reserve(key: string, bytes: number): Reservation {
    add(key, bytes);
    let held = bytes;
    const changeTo = (next: number): void => {
      const freed = Math.max(0, held - next);
      held -= freed;
      add(key, -freed);
      if (freed > 0) wake();
    };
    return { shrinkTo: changeTo, free: () => changeTo(0) };
  }

  return {
    used: (): number => used,

    /** What is larger than the share counts as the whole share. */
    take(key: string, wanted: number): Promise<Reservation> {
      const bytes = Math.min(wanted, share, max);
      if (waiting.length === 0 && hasShare({ key, bytes }) && used + bytes <= max) return Promise.resolve(reserve(key, bytes));
      return new Promise((resolve) => {
        waiting.push({ key, bytes, start: () => resolve(reserve(key, bytes)) });
        wake();
      });
    },
  };
}

export type ByteBudget = ReturnType<typeof createByteBudget>;
