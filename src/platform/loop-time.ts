interface Taking {
  use: (ms: number) => void;
  untilMs: number;
}

/** Who waits longer waits for others, and uses little. */
const COUNTED_MS = 2_000;

/** Of the event loop. A busy machine makes it more, as it makes everybody wait longer. */
const busyMsOfLoop = (): number => performance.eventLoopUtilization().active;

/**
 * The time that the event loop was busy, divided among those who are at work at the same moment. Node cannot tell whose work it does;
 * who sends more at once is at work more of the time. `others`: how many are at work that nobody counts here.
 */
export function createLoopTime({ busyMs = busyMsOfLoop, nowMs = () => performance.now(), others = (): number => 0 } = {}) {
  const atWork = new Set<Taking>();
  let lastMs = busyMs();

  function divide(): void {
    const ms = busyMs();
    const part = (ms - lastMs) / (atWork.size + others());
    lastMs = ms;
    for (const one of atWork) {
      one.use(part);
      if (nowMs() > one.untilMs) atWork.delete(one);
    }
  }

  return {
    /** `use` hears of each part. Returns the end of the work. */
    begin(use: (ms: number) => void): () => void {
      divide();
      const one = { use, untilMs: nowMs() + COUNTED_MS };
      atWork.add(one);
      return () => {
        if (!atWork.has(one)) return;
        divide();
        atWork.delete(one);
      };
    },
  };
}

export type LoopTime = ReturnType<typeof createLoopTime>;
