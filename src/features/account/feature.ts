import type { AuthApi } from '#features/auth/feature.ts';
import type { Foundation } from '../../foundation.ts';
import { createAccountQueries } from './account.queries.ts';
import { accountRoutes } from './account.routes.ts';
import { createAccountService } from './account.service.ts';

const HOUR_SECONDS = 3_600;

/** Account: a person's own name, address, password, sessions and leaving. */
export function accountFeature(
  { database, audit, notifications, i18n, sendMail, limits }: Foundation,
  { auth }: { auth: AuthApi },
) {
  const account = createAccountService({
    account: createAccountQueries({ database }),
    passwords: auth.passwords,
    audit,
    notifications,
    i18n,
    sendMail,
    passwordTries: limits.limiter('password', { points: 10, durationSeconds: HOUR_SECONDS }),
  });
  return { routes: accountRoutes({ account, signIn: auth.signIn }) };
}
