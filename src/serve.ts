// Database → container → web, worker, pollers, as far as this process' role goes; all of it stopped in reverse on SIGTERM.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openMigrated } from '#platform/db/open.ts';
import type { Logger } from '#platform/logger.ts';
import { createApp, createProbeApp } from './app.ts';
import { createContainer } from './container.ts';
import type { Env } from './env.ts';

// R17: what is under way may finish within this; then we go all the same.
const DRAIN_MS = 15_000;
const REQUESTS_DRAIN_MS = 4_000;
// S48: a client that sends its headers or its request slower than this is cut off.
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;

/** Starts everything and returns; signals end the process. */
export async function serve(env: Env, logger: Logger): Promise<void> {
  if (!env.DATABASE_URL)
    logger.info({ dataDir: env.DATA_DIR }, 'opening the embedded database; the first start takes a few seconds');
  const opened = await openMigrated({
    databaseUrl: env.DATABASE_URL,
    dataDir: env.DATA_DIR,
    onError: (err) => logger.warn(err, 'database: an idle connection was lost'),
  });
  const container = await createContainer({ env, opened, logger });
  await container.queue.start();
  const app = env.ROLE === 'worker' ? createProbeApp(container) : createApp(container);
  const server = createServer({ headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS }, app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(env.PORT, env.HOST, resolve);
  });
  await container.notifications.start();
  const { port } = server.address() as AddressInfo;
  logger.info({ port, role: env.ROLE }, `BotFactory is up: http://localhost:${port}`);

  const { worker, botManager } = container;
  const working = env.ROLE !== 'web';
  if (working) {
    await worker.start();
    await botManager.start();
  }

  stopOnSignals(logger, [
    // Nothing new comes in …
    () => Promise.all([closeServer(server), working && botManager.stop()]),
    // … what has come is finished.
    async () => working && worker.stop(),
    () => container.queue.stop(),
    () => container.notifications.stop(),
    () => opened.close(),
  ]);
}

/** Lets requests under way finish; what hangs is cut off. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), REQUESTS_DRAIN_MS).unref();
  });
}

/** Runs the steps in order at the first SIGTERM or SIGINT and exits 0; a second signal, or the time limit, exits at once. */
function stopOnSignals(log: Logger, steps: (() => Promise<unknown>)[]): void {
  let stopping = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), DRAIN_MS).unref();
    for (const step of steps) await step().catch((err: unknown) => log.error(err as Error, 'stopping: a step failed'));
    log.info('stopped');
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
