import type { Request, Response } from 'express';
import { addressOf } from '#web/client-address.ts';
import { flash } from '#web/flash.ts';
import { memberOf } from '#web/guards.ts';
import type { KnownDevices } from '#web/known-devices.ts';
import type { VerifyLogin, WebPassport } from '#web/passport.ts';
import { endSession, passwordDigest, startSession, type VerifiedLogin } from '#web/sign-in.ts';
import type { AuthService, Origin } from './auth.service.ts';
import type { PasskeyChallenges } from './passkey-challenge.ts';
import type { KeyResponse, Passkeys, Site } from './passkeys.service.ts';
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
  keys: {
    passkeys: Pick<Passkeys, 'list' | 'requestOptions' | 'check'>;
    challenges: PasskeyChallenges;
    siteOf: (req: Request) => Site;
  };
}

export function createSignIn({ passport, devices, auth, users, twoFactor, secondStep, keys }: Deps) {
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

  async function bySecondStep(req: Request, res: Response, check: (userId: string) => Promise<void>): Promise<boolean> {
    const waiting = secondStep.read(req);
    const passwordHash = waiting && (await users.passwordHash(waiting.userId));
    if (!waiting || !passwordHash || passwordDigest(passwordHash) !== waiting.digest) return false;
    await check(waiting.userId);
    secondStep.end(req, res);
    if (!(await enter({ id: waiting.userId, passwordHash }, req, res))) return false;
    req.session.hasPasskey = (await keys.passkeys.list(waiting.userId)).length > 0;
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

    /** Null: no password was entered lately. */
    async waiting(req: Request): Promise<{ hasPasskey: boolean } | null> {
      const waiting = secondStep.read(req);
      return waiting && { hasPasskey: (await keys.passkeys.list(waiting.userId)).length > 0 };
    },

    /** False when the password was too long ago, or has changed since. @throws ValidationError at `code` */
    byCode: (code: string, req: Request, res: Response): Promise<boolean> =>
      bySecondStep(req, res, (userId) => twoFactor.checkSignIn(userId, code)),

    /** What the browser asks the passkey. Null like `waiting`. */
    async passkeyOptions(req: Request, res: Response) {
      const userId = secondStep.read(req)?.userId;
      if (!userId) return null;
      const challenge = keys.challenges.begin(req, res, 'enter', userId);
      return keys.passkeys.requestOptions(userId, challenge, keys.siteOf(req), 'preferred');
    },

    /** False like `byCode`. @throws ValidationError at `passkey` */
    byPasskey: (response: KeyResponse, req: Request, res: Response): Promise<boolean> =>
      bySecondStep(req, res, (userId) => {
        const challenge = keys.challenges.take(req, res, 'enter', userId);
        return keys.passkeys.check(userId, { response, challenge, site: keys.siteOf(req), verified: false });
      }),

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
