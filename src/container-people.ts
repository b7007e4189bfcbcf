// Composition, part two: who people are and how they come in.
import { createAccountRepo } from '#features/account/account.repo.ts';
import { createAccountService } from '#features/account/account.service.ts';
import { createAuthService } from '#features/auth/auth.service.ts';
import { createLoginLimits } from '#features/auth/login-limits.ts';
import { createPasswordResetsRepo } from '#features/auth/password-resets.repo.ts';
import { createPasswordResets } from '#features/auth/password-resets.service.ts';
import { createPasswords } from '#features/auth/passwords.ts';
import { createSignIn, verifyLoginBy } from '#features/auth/sign-in.ts';
import { createSignInAlarm } from '#features/auth/sign-in-alarm.ts';
import { createUsersRepo } from '#features/auth/users.repo.ts';
import { createKnownDevices } from '#web/known-devices.ts';
import { createPassport } from '#web/passport.ts';
import type { Foundation } from './container.ts';

const HOUR_SECONDS = 3_600;
// Longer than finding a person and queueing a mail takes, so that the answer's time tells nothing.
const RESET_ANSWER_MS = 250;

export function composePeople({
  env,
  logger,
  database,
  notifications,
  waitingMails,
  i18n,
  audit,
  limits,
  passwordCost,
}: Foundation) {
  const sendMail = waitingMails.put;
  const passwords = createPasswords({ cost: passwordCost });
  const users = createUsersRepo(database);
  const devices = createKnownDevices(env.SESSION_SECRET);
  const alarm = createSignInAlarm({ limits, users, audit, i18n, sendMail, logger });
  const auth = createAuthService({ users, passwords, audit, alarm, limits: createLoginLimits(limits) });
  const passport = createPassport({
    database,
    verifyLogin: verifyLoginBy(auth, devices),
  });

  return {
    auth,
    passport,
    users,
    passwords,
    sendMail,
    signIn: createSignIn({ passport, devices, users }),
    registrations: limits.limiter('register', { points: 200, durationSeconds: HOUR_SECONDS }),
    resetRequests: limits.limiter('reset', { points: 60, durationSeconds: HOUR_SECONDS }),
    resets: createPasswordResets({
      resets: createPasswordResetsRepo(database),
      passwords,
      audit,
      i18n,
      sendMail,
      mailLimit: limits.limiter('reset-mail', { points: 5, durationSeconds: HOUR_SECONDS }),
      origin: env.PUBLIC_URL ?? `http://localhost:${env.PORT}`,
      answerAfterMs: RESET_ANSWER_MS,
    }),
    account: createAccountService({
      account: createAccountRepo(database),
      passwords,
      audit,
      notifications,
      i18n,
      sendMail,
      passwordTries: limits.limiter('password', { points: 10, durationSeconds: HOUR_SECONDS }),
    }),
  };
}
