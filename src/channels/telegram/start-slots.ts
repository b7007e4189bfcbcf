/** Lets at most `max` do something at once, in the order they came. A turn not given back within `limitMs` is taken back. */
export function createSlots(max: number, limitMs: number) {
  let free = max;
  const waiting: (() => void)[] = [];

  const giveBack = (): void => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };

  return {
    /** Waits for a turn; call what it returns when done (again does nothing). */
    async take(): Promise<() => void> {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      let given = false;
      const once = (): void => {
        clearTimeout(timer);
        if (!given) giveBack();
        given = true;
      };
      const timer = setTimeout(once, limitMs);
      timer.unref();
      return once;
    },
  };
}

export type Slots = ReturnType<typeof createSlots>;
