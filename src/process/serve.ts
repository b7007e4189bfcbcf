// Database → container → web, worker, pollers, as far as this process' role goes; all of it stopped in reverse on SIGTERM.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openMigrated } from '#platform/db/open.ts';
import type { Logger } from '#platform/logger.ts';
import { StartError } from '#platform/start-error.ts';
import { createApp, createProbeApp } from '../app.ts';
import { createContainer } from '../container.ts';
import type { Env } from '../env.ts';
import { createEmbeddedCare } from './embedded-care.ts';
import { endOrderly } from './ending.ts';

const REQUESTS_DRAIN_MS = 4_000;
// S48: a client that sends its headers or its request slower than this is cut off.
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
// By itself Node looks for slow clients only every 30 s.
const TIMEOUTS = {
  headersTimeout: HEADERS_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  connectionsCheckingInterval: 2_000,
};

/** Starts everything and returns; signals end the process. */
export async function serve(env: Env, logger: Logger): Promise<void> {
  await refuseTakenPort(env);
  if (!env.DATABASE_URL)
    logger.info({ dataDir: env.DATA_DIR }, 'opening the embedded database; the first start takes a few seconds');
  const opened = await openMigrated({
    databaseUrl: env.DATABASE_URL,
    dataDir: env.DATA_DIR,
    onError: (err) => logger.warn(err, 'database: an idle connection was lost'),
  });
  const { newerMigrations } = opened;
  if (newerMigrations.length > 0)
    logger.warn({ newerMigrations }, 'a newer version has been at this database; what it added is left alone');
  const care = createEmbeddedCare({ env, opened, logger });
  const container = await createContainer({ env, opened, logger, isReadOnly: care.isReadOnly });
  await container.queue.start();
  const app = env.ROLE === 'worker' ? createProbeApp(container) : createApp(container);
  const server = createServer(TIMEOUTS, app);
  await listen(server, env);
  await container.notifications.start();
  await care.start();
  const { port } = server.address() as AddressInfo;
  logger.info({ port, role: env.ROLE }, `BotFactory is up: http://localhost:${port}`);

  const { worker, pipeline, features } = container;
  const { botManager } = container.telegram;
  const { runner: broadcastRunner, streams: broadcastStreams } = features.broadcasts;
  const working = env.ROLE !== 'web';
  if (working) {
    await worker.start();
    await botManager.start();
    await broadcastRunner.start();
  }

  const steps = [
    // Nothing new comes in …
    () => Promise.all([closeServer(server, [broadcastStreams, features.conversations.streams]), working && botManager.stop()]),
    // … what has come is finished.
    async () => working && Promise.all([worker.stop(), broadcastRunner.stop()]),
    () => Promise.all([container.queue.stop(), pipeline.refusals.stop()]),
    () => container.notifications.stop(),
    () => care.stop(),
    () => opened.close(),
  ];
  endOrderly({ logger, steps, onStray: container.metrics.stray });
}

/** Before the database is opened, so that nothing is changed by a start that cannot work. */
async function refuseTakenPort(env: Env): Promise<void> {
  const server = createServer();
  await listen(server, env);
  await new Promise((resolve) => server.close(resolve));
}

/** @throws StartError when the port is in use, or not allowed. */
function listen(server: Server, { PORT, HOST }: Env): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const why = code === 'EADDRINUSE' ? 'is in use' : `cannot be listened on (${message})`;
      reject(
        new StartError(`Port ${PORT} ${why}. Stop the program that holds it, or choose another one: PORT=${PORT + 1} npm start`),
      );
    });
    server.listen(PORT, HOST, resolve);
  });
}

/** Lets requests under way finish. Streams would not end by themselves and are closed; what hangs is cut off. */
function closeServer(server: Server, streams: { close(): void }[]): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const stream of streams) stream.close();
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), REQUESTS_DRAIN_MS).unref();
  });
}
