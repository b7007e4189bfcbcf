import { createKnownDevices } from '#web/known-devices.ts';
import { createPassport } from '#web/passport.ts';
import type { Foundation } from '../../foundation.ts';
import { authRoutes } from './auth.routes.ts';
import { createAuthService } from './auth.service.ts';
import { createLoginLimits } from './login-limits.ts';
import { createPasswordResetsQueries } from './password-resets.queries.ts';
import { passwordResetRoutes } from './password-resets.routes.ts';
import { createPasswordResets } from './password-resets.service.ts';
import { createPasswords } from './passwords.ts';
import { createSignIn, verifyLoginBy } from './sign-in.ts';
import { createSignInAlarm } from './sign-in-alarm.ts';
import { createUsersQueries } from './users.queries.ts';

export type { Passwords } from './passwords.ts';
export type { SignIn } from './sign-in.ts';

const HOUR_SECONDS = 3_600;
// Longer than finding a person and queueing a mail takes, so that the response time tells nothing.
const RESET_ANSWER_MS = 250;

/** Auth: who people are and how they sign in. Gives the passport for the session and the hashing of passwords. */
export function authFeature({ env, origin, logger, database, i18n, audit, limits, passwordCost, sendMail }: Foundation) {
  const passwords = createPasswords({ cost: passwordCost });
  const users = createUsersQueries({ database });
  const devices = createKnownDevices(env.SESSION_SECRET);
  const alarm = createSignInAlarm({ limits, users, audit, i18n, sendMail, logger });
  const auth = createAuthService({ users, passwords, audit, alarm, limits: createLoginLimits(limits) });
  const passport = createPassport({ database, verifyLogin: verifyLoginBy(auth, devices) });
  const signIn = createSignIn({ passport, devices, users });
  const resets = createPasswordResets({
    resets: createPasswordResetsQueries({ database }),
    passwords,
    audit,
    i18n,
    sendMail,
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
      }),
      passwordResetRoutes({
        resets,
        requests: limits.limiter('reset', { points: 60, durationSeconds: HOUR_SECONDS }),
      }),
    ],
    api: { auth, passport, signIn, passwords, users, resets },
  };
}

export type AuthApi = ReturnType<typeof authFeature>['api'];
