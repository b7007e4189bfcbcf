import type { Request, RequestHandler } from 'express';
import { Passport } from 'passport';
import { Strategy } from 'passport-local';
import { isId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import { findMemberAcrossTenants, type Member } from './member.queries.ts';

declare global {
  namespace Express {
    interface User extends Member {}
  }
}

/** Decides who `login` and `password` belong to: a user's id, or null. Throws an AppError when the try is refused. */
export type VerifyLogin = (attempt: { login: string; password: string; req: Request }) => Promise<string | null>;

/** Sign-in by e-mail or username. The session holds the user's id only; rights are read anew at every request. */
export function createPassport({ database, verifyLogin }: { database: Database; verifyLogin: VerifyLogin }) {
  const passport = new Passport();
  const find = (userId: unknown): Promise<Member | null> =>
    isId(userId) ? findMemberAcrossTenants(database, userId) : Promise.resolve(null);

  passport.serializeUser<string>((user, done) => done(null, (user as Member).user.id));
  passport.deserializeUser<string>((userId, done) => {
    find(userId).then((member) => done(null, member ?? false), done);
  });
  passport.use(
    new Strategy({ usernameField: 'login', passReqToCallback: true }, (req, login, password, done) => {
      verifyLogin({ login, password, req: req as Request })
        .then(find)
        .then((member) => done(null, member ?? false), done);
    }),
  );

  return {
    /** Sets `req.user` from the session. */
    session: passport.authenticate('session') as RequestHandler,

    /** The member the form's `login` and `password` belong to, or null. Signs nobody in. */
    check: (req: Request): Promise<Member | null> =>
      new Promise((resolve, reject) => {
        const done = (error: unknown, member?: Member | false | null): void => (error ? reject(error) : resolve(member || null));
        passport.authenticate('local', { session: false }, done)(req, req.res, reject);
      }),

    find,
  };
}

export type WebPassport = ReturnType<typeof createPassport>;
