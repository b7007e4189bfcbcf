import type { Request, Response } from 'express';
import { flash } from '#web/flash.ts';
import { memberOf } from '#web/guards.ts';
import type { KnownDevices } from '#web/known-devices.ts';
import { addressOf } from '#web/limits.ts';
import type { VerifyLogin, WebPassport } from '#web/passport.ts';
import { endSession, passwordDigest, startSession, type VerifiedLogin } from '#web/sign-in.ts';
import type { AuthService, Origin } from './auth.service.ts';
import type { SecondStep } from './second-step.ts';
import type { TwoFactor } from './two-factor.service.ts';
import type { UsersQueries } from './users.queries.ts';

interface Deps {
  passport: WebPassport;
  devices: KnownDevices;
  auth: Pick<AuthService, 'entered' | 'ensureBusiness'>;
  users: Pick<UsersQueries, 'passwordHash'>;
  twoFactor: Pick<TwoFactor, 'isOn' | 'checkSignIn'>;
  secondStep: SecondStep;
}

export function createSignIn({ passport, devices, auth, users, twoFactor, secondStep }: Deps) {
  /** The browser has limits of its own from now on, until the password changes. */
  const knowDevice = (req: Request, res: Response, account: VerifiedLogin): void =>
    devices.remember(req, res, subjectOf(account));

  /** False when the password changed since it was compared, or the user is gone. */
  async function as(account: VerifiedLogin, req: Request, res: Response): Promise<boolean> {
    const member = await passport.find(account.id);
    if (!member || !(await startSession(req, member, account))) return false;
    knowDevice(req, res, account);
    return true;
  }

  async function enter(account: VerifiedLogin, req: Request, res: Response): Promise<boolean> {
    if (await auth.ensureBusiness(account.id)) flash(req, 'info', 'auth.login.own_business');
    if (!(await as(account, req, res))) return false;
    await auth.entered(memberOf(req), addressOf(req));
    return true;
  }

  return {
    originOf: (req: Request): Origin => originOf(devices, req),
    as,
    knowDevice,

    /** `code`: the authenticator app is asked next. `wrong`: the name or the password. */
    async byPassword(req: Request, res: Response): Promise<'in' | 'code' | 'wrong'> {
      const account = await passport.check(req);
      if (!account) return 'wrong';
      if (!(await twoFactor.isOn(account.id))) return (await enter(account, req, res)) ? 'in' : 'wrong';
      secondStep.begin(req, res, account);
      return 'code';
    },

    isWaiting: (req: Request): boolean => secondStep.read(req) !== null,

    /** False when the password was too long ago, or has changed since. @throws ValidationError at `code` */
    async byCode(code: string, req: Request, res: Response): Promise<boolean> {
      const waiting = secondStep.read(req);
      const passwordHash = waiting && (await users.passwordHash(waiting.userId));
      if (!waiting || !passwordHash || passwordDigest(passwordHash) !== waiting.digest) return false;
      await twoFactor.checkSignIn(waiting.userId, code);
      secondStep.end(req, res);
      return enter({ id: waiting.userId, passwordHash }, req, res);
    },

    out: endSession,
  };
}

export type SignIn = ReturnType<typeof createSignIn>;

export const verifyLoginBy =
  (auth: AuthService, devices: KnownDevices): VerifyLogin =>
  ({ login, password, req }) =>
    auth.verify(login, password, originOf(devices, req));

const originOf = (devices: KnownDevices, req: Request): Origin => ({
  address: addressOf(req),
  deviceOf: (account) => devices.known(req, subjectOf(account)),
});

/** Changes with the password, which forgets the old devices. */
const subjectOf = ({ id, passwordHash }: VerifiedLogin): string => `${id}\n${passwordHash}`;
