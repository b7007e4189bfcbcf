/** The defaults keep R26 to R29 (Telegram 401, 409, 429, outage): back within 10 s after an outage, 30 s after a 409. */
export interface PollingTimes {
  /** How long the server may hold an empty poll. */
  pollMs: number;
  /** For a quiet bot among more than a hundred. Few bots keep the normal rate, as R29 (outage) shows only at a poll's end. */
  quietPollMs: number;
  quietAfterMs: number;
  graceMs: number;
  /** After an empty answer that came before its time. */
  earlyMs: number;
  retryMs: number;
  maxRetryMs: number;
  conflictMs: number;
  /** Each update of one poll beyond `calmUpdates` delays the next poll, so a flooded bot does not delay the others. */
  calmUpdates: number;
  perUpdateMs: number;
}

export const POLLING_TIMES: PollingTimes = {
  pollMs: 10_000,
  quietPollMs: 28_000,
  quietAfterMs: 15_000,
  graceMs: 4_000,
  earlyMs: 1_000,
  retryMs: 500,
  maxRetryMs: 5_000,
  conflictMs: 30_000,
  calmUpdates: 20,
  perUpdateMs: 5,
};

/** Doubles up to `maxRetryMs`, less up to half at random, so that a thousand bots do not return at once. */
export function backoffMs(
  failures: number,
  { retryMs, maxRetryMs }: Pick<PollingTimes, 'retryMs' | 'maxRetryMs'>,
  random: number,
): number {
  const full = Math.min(maxRetryMs, retryMs * 2 ** Math.min(failures - 1, 20));
  return full * (0.5 + random / 2);
}

export const floodPauseMs = (
  updates: number,
  { calmUpdates, perUpdateMs }: Pick<PollingTimes, 'calmUpdates' | 'perUpdateMs'>,
): number => Math.max(0, updates - calmUpdates) * perUpdateMs;

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

/** AbortSignal.any and .timeout would leak a listener at every poll. */
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

/** Never runs `work` twice at the same time. */
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
    async stop(): Promise<void> {
      active = false;
      clearTimeout(timer);
      await current;
    },
  };
}

/** A semaphore whose holders lose their place after `limitMs`. */
export function createTimedSemaphore(max: number, limitMs: number) {
  let free = max;
  const waiting: (() => void)[] = [];

  const giveBack = (): void => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };

  return {
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

export type TimedSemaphore = ReturnType<typeof createTimedSemaphore>;
