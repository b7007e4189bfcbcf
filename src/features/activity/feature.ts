import type { Response } from 'express';
import type { Foundation } from '../../foundation.ts';
import { sendTrail } from './audit-export.ts';
import { createAuditTrailRead, type TrailFilter } from './audit-trail.read.ts';
import { ownTrailRoutes } from './own-trail.routes.ts';
import { createSpokenTrail, searched } from './spoken-trail.ts';
import { createTrailNamesRead } from './trail-names.read.ts';

export type { Words } from './audit-sentences.ts';
export { ACTOR_KINDS, PAGE_SIZE, type TrailFilter } from './audit-trail.read.ts';
export type { SpokenTrail } from './spoken-trail.ts';

/** The activity log: who did what. Gives its lines in the reader's words and as CSV, and the owner's own page. */
export function activityFeature({ database, audit }: Pick<Foundation, 'database' | 'audit'>) {
  const trail = createAuditTrailRead({ database });
  const api = {
    spokenTrail: createSpokenTrail({ trail, names: createTrailNamesRead({ database }) }),
    sendTrail: (filter: Omit<TrailFilter, 'before'>, res: Response) =>
      sendTrail(trail, searched(filter, { t: res.locals['t'] }), res),
  };
  return { routes: ownTrailRoutes({ ...api, audit }), api };
}
