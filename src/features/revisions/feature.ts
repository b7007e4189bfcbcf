import type { RequestHandler, RequestParamHandler } from 'express';
import { YEAR_MS } from '#core/durations.ts';
import { tenantOf } from '#web/guards.ts';
import type { Foundation } from '../../foundation.ts';
import { createRevisionsQueries } from './revisions.queries.ts';
import { revisionsRoutes } from './revisions.routes.ts';
import { createRevisionsService, type Restorers } from './revisions.service.ts';

export { recordRevision } from './record-revision.ts';
export type { RevisionsService, ShownRevision } from './revisions.service.ts';

// S70 (disk): each save keeps a copy. A full business of 20 MB can be written anew twice.
const MAX_TENANT_BYTES = 40 * 1024 * 1024;
const SAVES = { points: 3_000, durationSeconds: 3_600 };
/** Forms whose saves are kept: a bot, its facts, an entry, a way back. */
const SAVING = /^\/[^/]+(?:\/(?:facts|knowledge(?:\/[^/]+)?|revisions\/[^/]+\/(?:restore|undo)))?\/?$/;

/** Revisions: every saved state of entries, facts and prompts for a year, what each changed, and the way back. */
export function revisionsFeature(
  { database, audit, limits }: Pick<Foundation, 'database' | 'audit' | 'limits'>,
  { restorers, loadBot }: { restorers: Restorers; loadBot: RequestParamHandler },
) {
  const queries = createRevisionsQueries(database);
  const saves = limits.limiter('saves', SAVES);
  const countSaves: RequestHandler = async (req, _res, next) => {
    if (req.method === 'POST' && SAVING.test(req.path)) await saves.consume(tenantOf(req).id);
    next();
  };
  const revisions = createRevisionsService({ revisions: queries, restorers });
  return {
    routes: revisionsRoutes({ revisions, audit, loadBot }),
    /** Mounted before everything that saves. */
    countSaves,
    jobs: {
      async hourly(now: Date): Promise<void> {
        await queries.removeExcessAcrossTenants(MAX_TENANT_BYTES);
        await queries.removeOldAcrossTenants(new Date(now.getTime() - YEAR_MS));
      },
    },
    api: { revisions },
  };
}

export type RevisionsApi = ReturnType<typeof revisionsFeature>['api'];
