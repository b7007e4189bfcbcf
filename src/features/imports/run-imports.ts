import { atMost } from '#platform/at-most.ts';
import type { Notifications } from '#platform/db/notifications.ts';
import type { Logger } from '#platform/logger.ts';
import type { ClaimedSource, ReadResult } from './import.ts';
import { LEASE_SECONDS, type ReadingRepo } from './reading.repo.ts';

export interface RunnerDeps {
  reading: ReadingRepo;
  /** Null: stopped before the end; another process goes on. */
  read: (source: ClaimedSource, signal: AbortSignal) => Promise<ReadResult | null>;
  /** After the last source of an import. */
  finished: (source: ClaimedSource, tookMs: number) => Promise<void>;
  notifications: Pick<Notifications, 'on' | 'notify'>;
  logger: Logger;
  /** On the embedded database no other process can be reading. */
  onlyProcess: boolean;
  tickMs?: number;
}

/** A source that ended its process so often is given up. */
const MOST_TRIES = 3;
const STOP_MS = 5_000;

/** Reads what waits, one source at a time. */
export function createImportRunner({ reading, read, finished, notifications, logger, onlyProcess, tickMs = 3_000 }: RunnerDeps) {
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  let again = false;
  let timer: NodeJS.Timeout | undefined;

  async function readHeld(source: ClaimedSource): Promise<ReadResult | null> {
    if (source.tries > MOST_TRIES) return { ok: false, reason: 'corrupt' };
    const lost = new AbortController();
    const renewing = setInterval(
      () => {
        reading.renewAcrossTenants(source).then(
          (held) => held || lost.abort(),
          () => {},
        );
      },
      (LEASE_SECONDS * 1_000) / 6,
    );
    try {
      return await read(source, AbortSignal.any([stopping.signal, lost.signal]));
    } finally {
      clearInterval(renewing);
    }
  }

  async function readAll(): Promise<void> {
    do {
      again = false;
      for (let source = await reading.claimAcrossTenants(); source; source = await reading.claimAcrossTenants()) {
        const result = await readHeld(source);
        const tookMs = result && (await reading.settleAcrossTenants(source, result));
        if (tookMs !== null)
          await finished(source, tookMs).catch((err: Error) => logger.warn(err, 'nobody was told of an import'));
        if (stopping.signal.aborted) return;
      }
    } while (again);
  }

  function look(): Promise<void> {
    again = true;
    running ??= readAll()
      .catch((err: Error) => logger.warn(err, 'an import was interrupted, going on soon'))
      .finally(() => {
        running = null;
      });
    return running;
  }

  return {
    look,

    async start(): Promise<void> {
      if (onlyProcess) await reading.lapseAcrossTenants();
      notifications.on('imports', () => void look());
      timer = setInterval(() => void look(), tickMs);
      void look();
    },

    async stop(): Promise<void> {
      stopping.abort();
      clearInterval(timer);
      await atMost(STOP_MS, running ?? Promise.resolve());
    },
  };
}

export type ImportRunner = ReturnType<typeof createImportRunner>;
