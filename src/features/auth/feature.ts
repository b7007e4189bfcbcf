import { createKnownDevices } from '#web/known-devices.ts';
import { HOUR_SECONDS } from '#web/limits.ts';
import { createPassport } from '#web/passport.ts';
import type { Foundation } from '../../foundation.ts';
import { authRoutes } from './auth.routes.ts';
import { createAuthService } from './auth.service.ts';
import { createPasswordConfirmation } from './confirm-password.ts';
import { createLoginLimits } from './login-limits.ts';
import { createPasskeyChallenges } from './passkey-challenge.ts';
import { siteBy } from './passkey-site.ts';
import { createPasskeysQueries } from './passkeys.queries.ts';
import { createPasskeys } from './passkeys.service.ts';
import { createPasswordResetsQueries } from './password-resets.queries.ts';
import { passwordResetRoutes } from './password-resets.routes.ts';
import { createPasswordResets } from './password-resets.service.ts';
import { createPasswords } from './passwords.ts';
import { createSecondStep } from './second-step.ts';
import { createSecurityMails } from './security-mails.ts';
import { createSignIn, verifyLoginBy } from './sign-in.ts';
import { createSignInAlarm } from './sign-in-alarm.ts';
import { createTwoFactorQueries } from './two-factor.queries.ts';
import { twoFactorRoutes } from './two-factor.routes.ts';
import { createTwoFactor } from './two-factor.service.ts';
import { createUsersQueries } from './users.queries.ts';

export type { PasswordConfirmation } from './confirm-password.ts';
export type { Passwords } from './passwords.ts';
export type { SecurityMails } from './security-mails.ts';
export type { SignIn } from './sign-in.ts';

// Longer than finding a user and queueing a mail takes, so that the response time reveals nothing.
const RESET_ANSWER_MS = 250;

export function authFeature(foundation: Foundation) {
  const { env, origin, logger, database, i18n, audit, limits, sealer, passwordCost, sendMail, sendSecurityMail } = foundation;
  const passwords = createPasswords({ cost: passwordCost });
  const users = createUsersQueries({ database });
  const securityMails = createSecurityMails({ i18n, sendMail: sendSecurityMail });
  const devices = createKnownDevices(env.SESSION_SECRETS);
  const alarm = createSignInAlarm({ limits, users, audit, i18n, sendMail, logger });
  const auth = createAuthService({ users, passwords, audit, alarm, limits: createLoginLimits(limits) });
  const passport = createPassport({ database, verifyLogin: verifyLoginBy(auth, devices) });
  const confirmation = createPasswordConfirmation({
    users,
    passwords,
    tries: limits.limiter('password', { points: 10, durationSeconds: HOUR_SECONDS }),
  });
  const tries = limits.limiter('two-factor', { points: 10, durationSeconds: HOUR_SECONDS });
  const twoFactors = createTwoFactorQueries({ database });
  const twoFactor = createTwoFactor({ twoFactors, sealer, securityMails, audit, tries });
  const secondStep = createSecondStep(env.SESSION_SECRETS);
  const passkeys = createPasskeys({ passkeys: createPasskeysQueries({ database }), securityMails, audit, tries });
  const keys = { passkeys, challenges: createPasskeyChallenges(env.SESSION_SECRETS), siteOf: siteBy(env.PUBLIC_URL) };
  const signIn = createSignIn({ passport, devices, auth, users, twoFactor, secondStep, keys });
  const resetsQueries = createPasswordResetsQueries({ database });
  const resets = createPasswordResets({
    resets: resetsQueries,
    passwords,
    audit,
    securityMails,
    mailLimit: limits.limiter('reset-mail', { points: 5, durationSeconds: HOUR_SECONDS }),
    origin,
    answerAfterMs: RESET_ANSWER_MS,
  });
  return {
    routes: [
      authRoutes({
        auth,
        signIn,
        registrations: limits.limiter('register', { points: 200, durationSeconds: HOUR_SECONDS }),
        challenges: limits.limiter('passkey', { points: 600, durationSeconds: HOUR_SECONDS }),
      }),
      passwordResetRoutes({
        resets,
        signIn,
        requests: limits.limiter('reset', { points: 60, durationSeconds: HOUR_SECONDS }),
      }),
    ],
    accountRoutes: twoFactorRoutes({ ...keys, twoFactor, confirmation, isRequired: env.ADMIN_TWO_FACTOR === 'required' }),
    jobs: { hourly: (now: Date) => resetsQueries.removeExpiredAcrossTenants(now) },
    api: { auth, passport, signIn, passwords, users, resets, securityMails, confirmation, twoFactor },
  };
}

export type AuthApi = ReturnType<typeof authFeature>['api'];
