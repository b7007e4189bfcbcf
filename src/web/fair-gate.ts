import type { LoopTime } from '#platform/loop-time.ts';
import type { TokenBuckets } from '#platform/token-buckets.ts';

interface Line {
  atWork: number;
  waiting: (() => void)[];
  timer: NodeJS.Timeout | undefined;
}

export interface FairGateDeps {
  /** Of one key. */
  atOnce: number;
  /** Milliseconds of the event loop. */
  time: TokenBuckets;
  loop: LoopTime;
  /** Whether somebody else wants the event loop. Alone, a key may use all of it. */
  hasRivals: (key: string) => boolean;
}

export interface GatePlace {
  leave(): void;
  /** Before those who wait for their first place. Without a place when `signal` ended the wait. */
  comeBack(signal: AbortSignal): Promise<void>;
}

/** Less is left than that: one at a time, so that several do not overdraw it together. */
const LITTLE_MS = 250;
/** Rivals may be gone by then. */
const LOOK_AGAIN_MS = 500;

/** Each key works on a few requests at once and, beside others, uses its share of the event loop's time. */
export function createFairGate({ atOnce, time, loop, hasRivals }: FairGateDeps) {
  const lines = new Map<string, Line>();

  function lineOf(key: string): Line {
    const line = lines.get(key) ?? { atWork: 0, waiting: [], timer: undefined };
    lines.set(key, line);
    return line;
  }

  function mostOf(key: string): number {
    const left = time.left(key);
    if (left > LITTLE_MS || !hasRivals(key)) return atOnce;
    return left > 0 ? 1 : 0;
  }

  function admit(key: string, line: Line): void {
    clearTimeout(line.timer);
    while (line.waiting.length > 0 && line.atWork < mostOf(key)) {
      line.atWork += 1;
      line.waiting.shift()?.();
    }
    if (line.waiting.length > 0 && line.atWork === 0)
      line.timer = setTimeout(() => admit(key, line), Math.min(LOOK_AGAIN_MS, time.msUntilMore(key) + 1)).unref();
    else if (line.atWork === 0 && lines.get(key) === line) lines.delete(key);
  }

  /** Calls `started` with a place, at once or later. Returns whether it was withdrawn in time. */
  function queue(key: string, started: () => void, first: boolean): () => boolean {
    const line = lineOf(key);
    if (first) line.waiting.unshift(started);
    else line.waiting.push(started);
    admit(key, line);
    return () => {
      const at = line.waiting.indexOf(started);
      if (at < 0) return false;
      line.waiting.splice(at, 1);
      admit(key, line);
      return true;
    };
  }

  function enter(key: string, signal: AbortSignal, first: boolean): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = (): void => void (withdraw() && resolve(false));
      const withdraw = queue(
        key,
        () => {
          signal.removeEventListener('abort', end);
          resolve(true);
        },
        first,
      );
      signal.addEventListener('abort', end, { once: true });
    });
  }

  function placeOf(key: string): GatePlace {
    // One request after the other leaves the loop to others in between, however long it goes on.
    const charge = (ms: number): void => {
      const { atWork, waiting } = lineOf(key);
      if (atWork + waiting.length > 1) time.use(key, ms);
    };
    let done: (() => void) | null = loop.begin(charge);
    function leave(): void {
      if (!done) return;
      done();
      done = null;
      const line = lineOf(key);
      line.atWork -= 1;
      admit(key, line);
    }
    return {
      leave,
      async comeBack(signal) {
        if (done || !(await enter(key, signal, true))) return;
        done = loop.begin(charge);
        if (signal.aborted) leave();
      },
    };
  }

  return {
    waiting: (key: string): number => lines.get(key)?.waiting.length ?? 0,

    /** Null when `signal` ends the wait. */
    take: async (key: string, signal: AbortSignal): Promise<GatePlace | null> =>
      (await enter(key, signal, false)) ? placeOf(key) : null,
  };
}

export type FairGate = ReturnType<typeof createFairGate>;
