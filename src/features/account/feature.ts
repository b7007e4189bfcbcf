import type { AuthApi } from '#features/auth/feature.ts';
import { DAY_SECONDS, HOUR_SECONDS } from '#web/limits.ts';
import type { Foundation } from '../../foundation.ts';
import { createAccountQueries } from './account.queries.ts';
import { accountRoutes } from './account.routes.ts';
import { createAccountService } from './account.service.ts';
import { createEmailChangesQueries } from './email-changes.queries.ts';
import { emailChangeRoutes } from './email-changes.routes.ts';
import { createEmailChanges } from './email-changes.service.ts';

export function accountFeature(
  { env, database, audit, notifications, limits, origin }: Foundation,
  { auth: { passwords, securityMails, signIn, confirmation } }: { auth: AuthApi },
) {
  const changes = createEmailChangesQueries({ database });
  const emailChanges = createEmailChanges({
    changes,
    securityMails,
    audit,
    limits: {
      person: limits.limiter('email-person', { points: 5, durationSeconds: HOUR_SECONDS }),
      tenant: limits.limiter('email-tenant', { points: 20, durationSeconds: DAY_SECONDS }),
      address: limits.limiter('email-address', { points: 3, durationSeconds: DAY_SECONDS }),
    },
    origin,
  });
  const queries = createAccountQueries({ database });
  const account = createAccountService({
    account: queries,
    passwords,
    securityMails,
    emailChanges,
    audit,
    notifications,
    confirmation,
  });
  return {
    routes: accountRoutes({ account, emailChanges, signIn, confirmation, aiConfigured: env.GEMINI_API_KEY !== undefined }),
    publicRoutes: emailChangeRoutes({
      emailChanges,
      requests: limits.limiter('confirm-email', { points: 60, durationSeconds: HOUR_SECONDS }),
    }),
    jobs: {
      async hourly(now: Date): Promise<void> {
        await changes.removeExpiredAcrossTenants(now);
        await queries.forgetUsedAnswersAcrossTenants(now);
      },
    },
  };
}
