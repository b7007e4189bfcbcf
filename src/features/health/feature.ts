import { report } from '#platform/db/statement.ts';
import type { Foundation } from '../../foundation.ts';
import { healthRoutes } from './health.routes.ts';
import { metricsRoutes } from './metrics.routes.ts';

const queueDepth = report<Record<never, never>, { name: string; state: string; jobs: number }>(
  import.meta.url,
  './statements/queue-depth.sql',
);

interface Watched {
  pollers: () => number;
  /** Null on Postgres. */
  freeBytes: (() => Promise<number>) | null;
}

export function healthFeature({ env, database, metrics }: Foundation, { pollers, freeBytes }: Watched) {
  metrics.gauges('queue_jobs', 'Jobs waiting (created, retry) and running (active)', ['queue', 'state'], async () => {
    const rows = await queueDepth(database.sql, {});
    return rows.map(({ name, state, jobs }) => ({ labels: { queue: name, state }, value: jobs }));
  });
  metrics.gauge('pollers', 'Telegram connections this process serves', pollers);
  if (freeBytes) metrics.gauge('embedded_free_bytes', 'Bytes free on the disk of the embedded database', freeBytes);
  return { routes: [healthRoutes(database), metricsRoutes({ token: env.METRICS_TOKEN, metrics })] };
}
