/** Runs `work` at once and then again and again, never twice at the same time; `wake` makes it run now. */
export function createTicker(work: () => Promise<void>, everyMs: number, onError: (error: unknown) => void) {
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<void> | null = null;
  let again = false;
  let active = false;

  function tick(): void {
    clearTimeout(timer);
    if (!active) return;
    if (current) {
      again = true;
      return;
    }
    again = false;
    current = work()
      .catch(onError)
      .finally(() => {
        current = null;
        if (!active) return;
        timer = setTimeout(tick, again ? 0 : everyMs);
        timer.unref();
      });
  }

  return {
    start(): void {
      active = true;
      tick();
    },
    wake: tick,
    /** No further runs; waits for the one under way. */
    async stop(): Promise<void> {
      active = false;
      clearTimeout(timer);
      await current;
    },
  };
}

export type Ticker = ReturnType<typeof createTicker>;
