// Free space and dumps of the embedded database. On Postgres both are the server's task.

import { join } from 'node:path';
import { MINUTE_MS } from '#core/durations.ts';
import type { OpenedDatabase } from '#platform/db/open.ts';
import { dumpsBeside } from '#platform/embedded/data-folder.ts';
import { createDumps } from '#platform/embedded/dumps.ts';
import { createSpaceGuard } from '#platform/embedded/space-guard.ts';
import type { Logger } from '#platform/logger.ts';
import type { Env } from '../env.ts';

const MEGABYTE = 1024 * 1024;

export interface EmbeddedCare {
  isReadOnly: () => boolean;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createEmbeddedCare({
  env,
  opened: { embedded },
  logger,
}: {
  env: Env;
  opened: OpenedDatabase;
  logger: Logger;
}): EmbeddedCare {
  if (!embedded) return { isReadOnly: () => false, start: async () => {}, stop: async () => {} };
  const minFreeBytes = env.MIN_FREE_MB * MEGABYTE;
  const guard = createSpaceGuard({ dir: env.DATA_DIR, minFreeBytes, logger });
  const dumps = createDumps({
    connection: embedded.connection,
    folder: dumpsBeside(join(env.DATA_DIR, 'database')),
    everyMs: env.DUMP_EVERY_MINUTES * MINUTE_MS,
    keep: env.DUMPS_KEPT,
    minFreeBytes,
    logger,
  });
  return {
    isReadOnly: guard.isLow,
    async start() {
      await guard.start();
      if (env.DUMP_EVERY_MINUTES > 0) await dumps.start();
    },
    async stop() {
      guard.stop();
      await dumps.stop();
    },
  };
}
