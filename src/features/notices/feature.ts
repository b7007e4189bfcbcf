import type { Foundation } from '../../foundation.ts';
import { createNoticesQueries } from './notices.queries.ts';
import { createNotices } from './notices.service.ts';

export type { Notices } from './notices.service.ts';

const HOUR_SECONDS = 3_600;

/** Notices: what owners are told by mail. */
export function noticesFeature({ database, i18n, sendMail, limits, origin }: Foundation) {
  return {
    api: createNotices({
      notices: createNoticesQueries({ database }),
      i18n,
      sendMail,
      perSubject: limits.limiter('notice', { points: 1, durationSeconds: HOUR_SECONDS }),
      perTenant: limits.limiter('notices', { points: 30, durationSeconds: HOUR_SECONDS }),
      origin,
    }),
  };
}
