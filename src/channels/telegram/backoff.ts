/** How long pollers wait. Tests shorten it; the defaults keep R26-R29 of the reliability list. */
export interface PollingTimes {
  /** How long the server may hold a poll that has nothing to tell. */
  pollMs: number;
  /**
   * The same for a bot that heard nothing for `quietAfterMs`, where there are more than a hundred: they must cost next to
   * nothing idle. It is not for few, since a network that swallows packets is noticed only when the poll is over (R29).
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
   * A bot that is flooded is asked less often, so that the others' customers wait no longer: what it brought beyond
   * `calmUpdates` at once costs it this much each. The rest stays with Telegram, which keeps it for a day.
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

/** Doubles with each failure up to `maxMs`; between half and all of that, so that a thousand bots do not return at once. */
export function backoffMs(
  failures: number,
  { retryMs, maxRetryMs }: Pick<PollingTimes, 'retryMs' | 'maxRetryMs'>,
  random: number,
): number {
  const full = Math.min(maxRetryMs, retryMs * 2 ** Math.min(failures - 1, 20));
  return full * (0.5 + random / 2);
}

/** How long to leave a bot alone that brought `updates` at once; 0 for all but a flood. */
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
