import { HOUR_SECONDS } from '#web/limits.ts';
import type { Foundation } from '../../foundation.ts';
import { createNoticesQueries } from './notices.queries.ts';
import { createNotices, type DeskNotices } from './notices.service.ts';

export type { Notices } from './notices.service.ts';

export function noticesFeature({ database, i18n, sendMail, limits, origin }: Foundation, { desks }: { desks: DeskNotices }) {
  return {
    api: createNotices({
      notices: createNoticesQueries({ database }),
      i18n,
      sendMail,
      desks,
      perSubject: limits.limiter('notice', { points: 1, durationSeconds: HOUR_SECONDS }),
      perTenant: limits.limiter('notices', { points: 30, durationSeconds: HOUR_SECONDS }),
      origin,
    }),
  };
}
