/** At most `max` at once; the others wait in line. */
export function createSlots(max: number) {
  let taken = 0;
  const waiting: (() => void)[] = [];

  const release = (): void => {
    const next = waiting.shift();
    if (next) next();
    else taken -= 1;
  };

  return {
    /** Takes a slot and gives what returns it; null when `signal` ends the wait. */
    async take(signal: AbortSignal): Promise<(() => void) | null> {
      if (signal.aborted) return null;
      if (taken < max) {
        taken += 1;
        return release;
      }
      return new Promise((resolve) => {
        const onSlot = () => {
          signal.removeEventListener('abort', onAbort);
          resolve(release);
        };
        const onAbort = () => {
          waiting.splice(waiting.indexOf(onSlot), 1);
          resolve(null);
        };
        waiting.push(onSlot);
        signal.addEventListener('abort', onAbort, { once: true });
      });
    },
  };
}
