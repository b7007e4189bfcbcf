import type { Logger } from '../logger.ts';
import { freeBytes } from './embedded-database.ts';

const EVERY_MS = 5_000;

/** A full disk hangs the embedded database, so nothing new is accepted below `minFreeBytes`. */
export function createSpaceGuard({
  dir,
  minFreeBytes,
  logger,
  read = freeBytes,
}: {
  dir: string;
  minFreeBytes: number;
  logger: Pick<Logger, 'error' | 'info' | 'warn'>;
  read?: (dir: string) => Promise<number>;
}) {
  let low = false;
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    const free = await read(dir).catch(() => null);
    if (free === null) return logger.warn('embedded database: the free space of its disk could not be read');
    const wasLow = low;
    low = free < minFreeBytes;
    if (low && !wasLow)
      logger.error({ free, needed: minFreeBytes }, 'embedded database: the disk is nearly full, nothing new is taken in');
    if (!low && wasLow) logger.info({ free }, 'embedded database: there is space again, all goes on');
  }

  return {
    look,
    isLow: (): boolean => low,
    /** Resolves after the first check. */
    async start(): Promise<void> {
      await look();
      timer = setInterval(() => void look(), EVERY_MS);
      timer.unref();
    },
    stop: (): void => clearInterval(timer),
  };
}

export type SpaceGuard = ReturnType<typeof createSpaceGuard>;
