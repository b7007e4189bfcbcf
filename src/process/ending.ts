// When the process ends, and how.
import type { Logger } from '#platform/logger.ts';

// R17: what is under way may finish within this; then we go all the same.
const DRAIN_MS = 15_000;

/**
 * Ends the process by `steps`, in order: at the first SIGTERM or SIGINT with 0, after an uncaught exception with 1. A second
 * reason to end, or the time limit, ends it at once.
 *
 * R20: an exception that nobody caught has left some call half done, perhaps one that others share; whatever restarts the
 * process gets a sound one, and what was under way is in the database. A rejected promise that nobody awaited has unwound
 * its own call alone, the others go on: it is logged and counted.
 */
export function endOrderly({
  logger,
  steps,
  onStray,
}: {
  logger: Logger;
  steps: (() => Promise<unknown>)[];
  onStray: (kind: 'exception' | 'rejection') => void;
}): void {
  let stopping = false;
  const stop = async (code: number): Promise<void> => {
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(1), DRAIN_MS).unref();
    for (const step of steps) await step().catch((err: unknown) => logger.error(err as Error, 'stopping: a step failed'));
    logger.info('stopped');
    process.exit(code);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    logger.info({ signal }, 'stopping');
    void stop(0);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('uncaughtException', (err) => {
    onStray('exception');
    logger.fatal({ err }, 'an exception nobody caught: stopping');
    void stop(1);
  });
  process.on('unhandledRejection', (err) => {
    onStray('rejection');
    logger.error({ err }, 'a rejected promise nobody awaited');
  });
}
