// Starts database, container, web, worker and pollers by the process's role, and stops them in reverse on SIGTERM.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openMigrated } from '#platform/db/open.ts';
import type { EmbeddedDatabase } from '#platform/embedded/embedded-database.ts';
import type { Logger } from '#platform/logger.ts';
import { LONGEST_REQUEST_MS } from '#web/slow-bodies.ts';
import { createApp, createProbeApp } from '../app.ts';
import { createContainer } from '../container.ts';
import type { Env } from '../env.ts';
import { createEmbeddedCare } from './embedded-care.ts';
import { endOrderly } from './ending.ts';
import { listen } from './listen.ts';
import { startNotices } from './start-notices.ts';

const REQUESTS_DRAIN_MS = 4_000;
// S48 (slow clients): a client that sends its headers slower than this is cut off. web/slow-bodies.ts does it for bodies.
const HEADERS_TIMEOUT_MS = 10_000;
// Node's default checks for slow clients only every 30 s.
const TIMEOUTS = {
  headersTimeout: HEADERS_TIMEOUT_MS,
  requestTimeout: LONGEST_REQUEST_MS,
  connectionsCheckingInterval: 2_000,
};

export async function serve(env: Env, logger: Logger, embedded: EmbeddedDatabase | null): Promise<void> {
  const opened = await openMigrated({
    databaseUrl: env.DATABASE_URL,
    dataDir: env.DATA_DIR,
    embedded,
    keys: env.ENCRYPTION_KEYS,
    onError: (err) => logger.warn(err, 'database: an idle connection was lost'),
  });
  const { newerMigrations } = opened;
  if (newerMigrations.length > 0)
    logger.warn({ newerMigrations }, 'a newer version has been at this database; what it added is left alone');
  for (const { level, line } of startNotices(env)) logger[level](line);
  const care = createEmbeddedCare({ env, opened, logger });
  const container = await createContainer({ env, opened, logger, isReadOnly: care.isReadOnly });
  await container.queue.start();
  const { worker, pipeline, features } = container;
  await features.desk.chats.start();
  const app = env.ROLE === 'worker' ? createProbeApp(container) : createApp(container);
  const server = createServer(TIMEOUTS, app);
  const { botManager, deskManager } = container.telegram;
  const { runner: broadcastRunner, streams: broadcastStreams } = features.broadcasts;
  const { desk, imports, questions } = features;
  const working = env.ROLE !== 'web';

  async function start(): Promise<void> {
    await listen(server, env);
    await container.notifications.start();
    await care.start();
    const { port } = server.address() as AddressInfo;
    logger.info({ port, role: env.ROLE }, `BotFactory is up: http://localhost:${port}`);
    if (!working) return;
    await worker.start();
    await botManager.start();
    await deskManager?.start();
    await desk.runner.start();
    await broadcastRunner.start();
    questions.grouper.start();
    await imports.runner.start();
  }

  const starting = start();
  const steps = [
    // A signal may come while something starts, and only what has started can be stopped.
    () => starting,
    // Nothing new is accepted …
    () =>
      Promise.all([
        closeServer(server, [
          broadcastStreams,
          features.conversations.streams,
          questions.streams,
          imports.streams,
          features.dashboard.streams,
        ]),
        working && botManager.stop(),
        working && deskManager?.stop(),
      ]),
    // … and accepted work is finished.
    async () =>
      working &&
      Promise.all([worker.stop(), broadcastRunner.stop(), desk.runner.stop(), questions.grouper.stop(), imports.runner.stop()]),
    () => Promise.all([container.queue.stop(), pipeline.refusals.stop(), container.refusedRequests.flush()]),
    () => container.notifications.stop(),
    () => care.stop(),
    () => opened.close(),
  ];
  endOrderly({ logger, steps, onStray: container.metrics.stray });
  await starting;
}

/** Running requests may finish. Streams never end by themselves, so they are closed; hanging requests are cut off. */
function closeServer(server: Server, streams: { close(): void }[]): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const stream of streams) stream.close();
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), REQUESTS_DRAIN_MS).unref();
  });
}
