// Environment → database → container → web, worker, pollers; all of it stopped in reverse on SIGTERM.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openMigrated } from '#platform/db/open.ts';
import { EmbeddedDatabaseError } from '#platform/embedded/embedded-database.ts';
import { createLogger, type Logger } from '#platform/logger.ts';
import { createApp } from './app.ts';
import { createContainer } from './container.ts';
import { EnvError, readEnv } from './env.ts';

// R17: what is under way may finish within this; then we go all the same.
const DRAIN_MS = 15_000;
// S48: a client that sends its headers or its request slower than this is cut off.
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;

const env = readEnvOrExit();
const secrets = [env.SESSION_SECRET, ...env.ENCRYPTION_KEYS, env.GEMINI_API_KEY, env.META_VERIFY_TOKEN, env.METRICS_TOKEN];
const logger = createLogger({ level: env.LOG_LEVEL, secrets });
await run().catch((error: unknown) => {
  if (error instanceof EmbeddedDatabaseError) console.error(error.message);
  else logger.fatal(error as Error, 'start failed');
  process.exit(1);
});

async function run(): Promise<void> {
  if (!env.DATABASE_URL)
    logger.info({ dataDir: env.DATA_DIR }, 'opening the embedded database; the first start takes a few seconds');
  const opened = await openMigrated({
    databaseUrl: env.DATABASE_URL,
    dataDir: env.DATA_DIR,
    onError: (err) => logger.warn(err, 'database: an idle connection was lost'),
  });
  const container = await createContainer({ env, opened, logger });
  await container.queue.start();
  const server = createServer({ headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS }, createApp(container));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(env.PORT, env.HOST, resolve);
  });
  await container.notifications.start();
  const { port } = server.address() as AddressInfo;
  logger.info({ port }, `BotFactory is up: http://localhost:${port}`);

  stopOnSignals(logger, [
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
    () => container.queue.stop(),
    () => container.notifications.stop(),
    () => opened.close(),
  ]);
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

function readEnvOrExit() {
  try {
    return readEnv();
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    console.error(`The environment is not right:\n${error.message}`);
    process.exit(1);
  }
}
