import type { RequestHandler } from 'express';
import type { Database } from '#platform/db/database.ts';

// The navigation shows it as it is; the database reads no further.
const COUNT_CAP = 100;

const COUNT = `SELECT count(*) AS n FROM (
  SELECT 1 FROM conversations WHERE tenant_id = $1 AND needs_person_at IS NOT NULL AND connection_id IS NOT NULL LIMIT ${COUNT_CAP}) capped`;

/** `waitingCount` for the navigation of a signed-in page: how many conversations need a person. */
export function waitingCount({ database }: { database: Database }): RequestHandler {
  return async (req, res, next) => {
    if (req.method === 'GET' && req.user && req.accepts(['html', 'json']) === 'html') {
      const { rows } = await database.sql.query<{ n: number }>(COUNT, [req.user.tenant.id]);
      res.locals['waitingCount'] = rows[0]?.n ?? 0;
    }
    next();
  };
}
