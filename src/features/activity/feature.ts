import type { Response } from 'express';
import type { Foundation } from '../../foundation.ts';
import { type ActivityFilter, createActivityRead } from './activity.read.ts';
import { activityRoutes } from './activity.routes.ts';
import { createActivityLog, withMeantActions } from './activity-log.ts';
import { createActivityNamesRead } from './activity-names.read.ts';
import { sendActivity } from './export-activity.ts';
import { removeOldLinesAcrossTenants } from './remove-old-lines.ts';

export { ACTOR_KINDS, type ActivityFilter, PAGE_SIZE } from './activity.read.ts';
export type { ActivityLog } from './activity-log.ts';
export type { Words } from './activity-sentences.ts';

/** The activity log: who did what. Gives its lines as sentences and as CSV, and the owner's page. */
export function activityFeature({ database, audit }: Pick<Foundation, 'database' | 'audit'>) {
  const read = createActivityRead({ database });
  const send =
    (options: { hidesAdmins: boolean }) =>
    (filter: Omit<ActivityFilter, 'before'>, res: Response): Promise<void> =>
      sendActivity(read, withMeantActions(filter, { t: res.locals['t'] }), res, options);
  const api = {
    activityLog: createActivityLog({ read, names: createActivityNamesRead({ database }) }),
    sendActivity: send({ hidesAdmins: false }),
  };
  return {
    routes: activityRoutes({ ...api, sendActivity: send({ hidesAdmins: true }), audit }),
    jobs: { hourly: (now: Date) => removeOldLinesAcrossTenants(database, now) },
    api,
  };
}
