import { Router } from 'express';
import type { Sql } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

const queueVersion = report<Record<never, never>, { version: number }>(import.meta.url, './statements/queue-version.sql');

/** /healthz does not query the database; /readyz checks the database and the job queue. */
export function healthRoutes({ sql }: { sql: Sql }): Router {
  const router = Router();

  router.get('/healthz', (_req, res) => {
    res.type('text').send('ok');
  });

  router.get('/readyz', async (_req, res) => {
    const ready = await queueVersion(sql, {}).then(
      (rows) => rows.length === 1,
      () => false,
    );
    res
      .status(ready ? 200 : 503)
      .type('text')
      .send(ready ? 'ready' : 'not ready');
  });

  return router;
}
