import { Router } from 'express';
import type { Sql } from '#platform/db/database.ts';

/**
 * For operators. /healthz: the process lives, whatever its database does. /readyz: the database and the job queue's
 * tables answer, so that a balancer sends no visitors to a process that could not serve them.
 */
export function healthRoutes({ sql }: { sql: Sql }): Router {
  const router = Router();

  router.get('/healthz', (_req, res) => {
    res.type('text').send('ok');
  });

  router.get('/readyz', async (_req, res) => {
    const ready = await sql.query('SELECT version FROM pgboss.version').then(
      (result) => result.rowCount === 1,
      () => false,
    );
    res
      .status(ready ? 200 : 503)
      .type('text')
      .send(ready ? 'ready' : 'not ready');
  });

  return router;
}
