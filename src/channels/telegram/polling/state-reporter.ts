import type { ConnectionFailureReason } from '#core/reasons.ts';
import type { ConnectionReport } from './polling-store.ts';
import { pause } from './timing.ts';

export type StateReport = Pick<ConnectionReport, 'state' | 'reason' | 'retryInMs' | 'account' | 'detail'>;

const RETRY_MS = 1_000;

/** While the database is unavailable the latest state waits. */
export function createStateReporter({
  current,
  write,
  signal,
}: {
  current: { state: string; reason: ConnectionFailureReason | null };
  write: (report: StateReport) => Promise<void>;
  signal: AbortSignal;
}) {
  const keyOf = ({ state, reason, detail }: { state: string; reason: string | null; detail?: string | null }): string =>
    `${state} ${reason} ${detail ?? ''}`;
  let known = keyOf(current);
  let wanted: StateReport | null = null;
  let writing: Promise<void> = Promise.resolve();

  async function writeLatest(): Promise<void> {
    while (wanted && !signal.aborted) {
      const report = wanted;
      const written = await write(report).then(
        () => true,
        () => false,
      );
      if (written && wanted === report) wanted = null;
      if (!written) await pause(RETRY_MS, signal);
    }
  }

  return (report: StateReport): void => {
    if (keyOf(report) === known) return;
    known = keyOf(report);
    const idle = wanted === null;
    wanted = report;
    if (idle) writing = writing.then(writeLatest);
  };
}
