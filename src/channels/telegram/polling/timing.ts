/** How long pollers wait. Tests shorten it. The defaults keep R26 to R29: back within 10 s after an outage, 30 s after a 409. */
export interface PollingTimes {
  /** How long the server may hold a poll that has nothing to tell. */
  pollMs: number;
  /**
   * The same for a bot that heard nothing for `quietAfterMs`, where there are more than a hundred bots: idle bots must cost
   * next to nothing. Not for few bots, since a network that swallows packets is noticed only when the poll is over (R29).
   */
  quietPollMs: number;
  quietAfterMs: number;
  /** How much longer than that a call may take. */
  graceMs: number;
  /** First and longest wait after a network fault or a 5xx. */
  retryMs: number;
  maxRetryMs: number;
  /** Wait after a 409: the other poller should have ended by then. */
  conflictMs: number;
  /**
   * A flooded bot is polled less often, so that the other bots' customers do not wait: each update beyond `calmUpdates` in one
   * poll adds `perUpdateMs`. The rest stays with Telegram, which keeps it for a day.
   */
  calmUpdates: number;
  perUpdateMs: number;
}

export const POLLING_TIMES: PollingTimes = {
  pollMs: 10_000,
  quietPollMs: 28_000,
  quietAfterMs: 15_000,
  graceMs: 4_000,
  retryMs: 500,
  maxRetryMs: 5_000,
  conflictMs: 30_000,
  calmUpdates: 20,
  perUpdateMs: 5,
};

/** Doubles with each failure up to `maxRetryMs`, less up to half of it at random, so that a thousand bots do not return at once. */
export function backoffMs(
  failures: number,
  { retryMs, maxRetryMs }: Pick<PollingTimes, 'retryMs' | 'maxRetryMs'>,
  random: number,
): number {
  const full = Math.min(maxRetryMs, retryMs * 2 ** Math.min(failures - 1, 20));
  return full * (0.5 + random / 2);
}

/** How long to leave a bot alone after a poll with this many updates; 0 for all but a flood. */
export const floodPauseMs = (
  updates: number,
  { calmUpdates, perUpdateMs }: Pick<PollingTimes, 'calmUpdates' | 'perUpdateMs'>,
): number => Math.max(0, updates - calmUpdates) * perUpdateMs;

/** Waits, or ends early without an error when the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}

/** Aborts with `outer`, or when the time is up. AbortSignal.any and .timeout would leave theirs behind at every poll. */
export function abortAfter(ms: number, outer: AbortSignal): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const timer = setTimeout(abort, ms);
  outer.addEventListener('abort', abort);
  if (outer.aborted) abort();
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer);
      outer.removeEventListener('abort', abort);
    },
  };
}

/** Runs `work` at once and then every `everyMs`, never twice at the same time. `wake` makes it run now. */
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
    /** Starts no further run and waits for the one under way. */
    async stop(): Promise<void> {
      active = false;
      clearTimeout(timer);
      await current;
    },
  };
}

/** A semaphore: at most `max` holders at once, in the order they came. A turn not given back within `limitMs` is taken back. */
export function createSlots(max: number, limitMs: number) {
  let free = max;
  const waiting: (() => void)[] = [];

  const giveBack = (): void => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };

  return {
    /** Waits for a turn. Call what it returns when done; calling it again does nothing. */
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
