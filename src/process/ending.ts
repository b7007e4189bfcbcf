import type { Logger } from '#platform/logger.ts';

// R17 (SIGTERM under load): work in progress may finish within this time.
const DRAIN_MS = 15_000;

// With 0 at SIGTERM or SIGINT, with 1 after an uncaught exception. A second signal or the time limit ends at once.
// R20 (uncaught error in one handler): shared state may be half changed, so the process ends and its work continues from the
// database. An unhandled rejection has ended its own call only, so it is logged and counted.
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
