import type { RequestParamHandler } from 'express';
import { YEAR_MS } from '#core/durations.ts';
import type { Foundation } from '../../foundation.ts';
import { createRevisionsQueries } from './revisions.queries.ts';
import { revisionsRoutes } from './revisions.routes.ts';
import { createRevisionsService, type Restorers } from './revisions.service.ts';

export { recordRevision } from './record-revision.ts';
export type { RevisionsService, ShownRevision } from './revisions.service.ts';

/** Revisions: every saved state of entries, facts and prompts for a year, what each changed, and the way back. */
export function revisionsFeature(
  { database, audit }: Pick<Foundation, 'database' | 'audit'>,
  { restorers, loadBot }: { restorers: Restorers; loadBot: RequestParamHandler },
) {
  const queries = createRevisionsQueries(database);
  const revisions = createRevisionsService({ revisions: queries, restorers });
  return {
    routes: revisionsRoutes({ revisions, audit, loadBot }),
    jobs: {
      async hourly(now: Date): Promise<void> {
        await queries.removeOldAcrossTenants(new Date(now.getTime() - YEAR_MS));
      },
    },
    api: { revisions },
  };
}

export type RevisionsApi = ReturnType<typeof revisionsFeature>['api'];
