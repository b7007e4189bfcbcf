import type { Foundation } from '../../foundation.ts';
import { healthRoutes } from './health.routes.ts';
import { metricsRoutes } from './metrics.routes.ts';

const QUEUE_DEPTH = `SELECT name, state::text, count(*)::int AS jobs FROM pgboss.job
  WHERE state IN ('created', 'retry', 'active') GROUP BY 1, 2`;

interface Watched {
  /** How many Telegram connections this process serves. */
  pollers: () => number;
  /** Of the embedded database's disk; null on Postgres. */
  freeBytes: (() => Promise<number>) | null;
}

/** Health: the probes and the metrics for operators. */
export function healthFeature({ env, database, metrics }: Foundation, { pollers, freeBytes }: Watched) {
  metrics.gauges('queue_jobs', 'Jobs waiting (created, retry) and running (active)', ['queue', 'state'], async () => {
    const { rows } = await database.sql.query<{ name: string; state: string; jobs: number }>(QUEUE_DEPTH);
    return rows.map(({ name, state, jobs }) => ({ labels: { queue: name, state }, value: jobs }));
  });
  metrics.gauge('pollers', 'Telegram connections this process serves', pollers);
  if (freeBytes) metrics.gauge('embedded_free_bytes', 'Bytes free on the disk of the embedded database', freeBytes);
  return { routes: [healthRoutes(database), metricsRoutes({ token: env.METRICS_TOKEN, metrics })] };
}
