import type { RequestParamHandler } from 'express';
import type { Foundation } from '../../foundation.ts';
import { createErasureRepo } from './erasure.repo.ts';
import { createExportRead } from './export.read.ts';
import { exportRoutes, rightsRoutes } from './rights.routes.ts';
import { createRights } from './rights.service.ts';

const HOUR_SECONDS = 3_600;

/** Privacy: export of a business, erasure of a customer, retention of messages. */
export function privacyFeature({ database, audit, limits }: Foundation, { loadBot }: { loadBot: RequestParamHandler }) {
  const erasure = createErasureRepo({ database });
  const rights = createRights({ erasure, audit });
  return {
    routes: exportRoutes({
      rights,
      exportRead: createExportRead({ database }),
      exports: limits.limiter('export', { points: 5, durationSeconds: HOUR_SECONDS }),
    }),
    botRoutes: rightsRoutes({ rights, loadBot }),
    jobs: { hourly: (now: Date) => erasure.removeOldAcrossTenants(now) },
  };
}
