import type { AuthApi } from '#features/auth/feature.ts';
import type { BotsApi } from '#features/bots/feature.ts';
import type { BroadcastsApi } from '#features/broadcasts/feature.ts';
import type { CustomersApi } from '#features/customers/feature.ts';
import { HOUR_SECONDS } from '#web/limits.ts';
import type { Foundation } from '../../foundation.ts';
import { createErasureRepo } from './erasure.repo.ts';
import { createExportRead } from './export.read.ts';
import { exportRoutes, rightsRoutes } from './rights.routes.ts';
import { createRights } from './rights.service.ts';

interface Needs {
  auth: Pick<AuthApi, 'confirmation'>;
  bots: BotsApi;
  broadcasts: BroadcastsApi;
  customers: CustomersApi;
}

export function privacyFeature({ database, audit, limits }: Foundation, { auth, bots, broadcasts, customers }: Needs) {
  const erasure = createErasureRepo({ database, broadcasts });
  const rights = createRights({ erasure, bots: bots.bots, samePerson: customers.samePerson, audit });
  return {
    routes: exportRoutes({
      rights,
      confirmed: auth.confirmation.confirmed,
      exportRead: createExportRead({ database }),
      exports: limits.limiter('export', { points: 5, durationSeconds: HOUR_SECONDS }),
    }),
    botRoutes: rightsRoutes({ rights, loadBot: bots.loadBot }),
    jobs: { hourly: (now: Date) => erasure.removeOldAcrossTenants(now), everyMinute: rights.forgetAcrossTenants },
  };
}
