import type { Request, Response } from 'express';
import type { KnownDevices } from '#web/known-devices.ts';
import { addressOf } from '#web/limits.ts';
import type { VerifyLogin, WebPassport } from '#web/passport.ts';
import { endSession, startSession } from '#web/sign-in.ts';
import type { AuthService } from './auth.service.ts';
import type { Credentials, UsersQueries } from './users.queries.ts';

interface Deps {
  passport: WebPassport;
  devices: KnownDevices;
  users: Pick<UsersQueries, 'findByIdAcrossTenants'>;
}

/** Opens and closes sessions, and lets the browser remember that it did. */
export function createSignIn({ passport, devices, users }: Deps) {
  async function as(userId: string, req: Request, res: Response): Promise<void> {
    const [member, account] = [await passport.find(userId), await users.findByIdAcrossTenants(userId)];
    if (!member || !account) throw new Error('Signed in as somebody who does not exist');
    await startSession(req, member);
    devices.remember(req, res, subjectOf(account));
  }

  return {
    as,

    /** By the form's login and password; false when they are wrong. */
    async byPassword(req: Request, res: Response): Promise<boolean> {
      const member = await passport.check(req);
      if (member) await as(member.user.id, req, res);
      return member !== null;
    },

    out: endSession,
  };
}

export type SignIn = ReturnType<typeof createSignIn>;

/** What passport-local asks: is it them, and has this browser been theirs before? */
export const verifyLoginBy =
  (auth: AuthService, devices: KnownDevices): VerifyLogin =>
  ({ login, password, req }) =>
    auth.verify(login, password, { address: addressOf(req), deviceOf: (account) => devices.known(req, subjectOf(account)) });

/** Changes with the password: a new one forgets the devices of the old. */
const subjectOf = ({ id, passwordHash }: Credentials): string => `${id}\n${passwordHash}`;
