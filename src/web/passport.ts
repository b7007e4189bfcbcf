import type { Request, RequestHandler } from 'express';
import { Passport } from 'passport';
import { Strategy } from 'passport-local';
import { isId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import { findMemberAcrossTenants, type Member } from './member.queries.ts';
import type { VerifiedLogin } from './sign-in.ts';

declare global {
  namespace Express {
    interface User extends Member {}
  }
}

/** Null for a wrong password. Throws an AppError when the attempt is refused. */
export type VerifyLogin = (attempt: { login: string; password: string; req: Request }) => Promise<VerifiedLogin | null>;

/** The session holds only the user's id; rights are read at every request. */
export function createPassport({ database, verifyLogin }: { database: Database; verifyLogin: VerifyLogin }) {
  const passport = new Passport();
  const find = (userId: unknown, tenantId: string | null = null): Promise<Member | null> =>
    isId(userId) ? findMemberAcrossTenants(database, { userId, tenantId }) : Promise.resolve(null);

  passport.deserializeUser<string, Request>((req, userId, done) => {
    find(userId, req.session.tenantId ?? null).then((member) => done(null, member ?? false), done);
  });
  passport.use(
    new Strategy({ usernameField: 'login', passReqToCallback: true }, (req, login, password, done) => {
      verifyLogin({ login, password, req: req as Request }).then(
        // The type of a strategy wants a User; `check` alone reads it.
        (verified) => done(null, (verified as unknown as Express.User) ?? false),
        done,
      );
    }),
  );

  return {
    session: passport.authenticate('session') as RequestHandler,

    check: (req: Request): Promise<VerifiedLogin | null> =>
      new Promise((resolve, reject) => {
        const done = (error: unknown, verified?: VerifiedLogin | false | null): void =>
          error ? reject(error) : resolve(verified || null);
        passport.authenticate('local', { session: false }, done)(req, req.res, reject);
      }),

    find,
  };
}

export type WebPassport = ReturnType<typeof createPassport>;
