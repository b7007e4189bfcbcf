import type { Request, RequestHandler } from 'express';
import { MAX_PASSWORD_CHARS } from '#core/account-rules.ts';
import { ValidationError } from '#core/errors.ts';
import { memberOf } from '#web/guards.ts';
import type { Limiter } from '#web/limits.ts';
import { isFresh, refresh } from '#web/sign-in.ts';
import type { Passwords } from './passwords.ts';
import type { UsersQueries } from './users.queries.ts';

interface Deps {
  users: Pick<UsersQueries, 'passwordHash'>;
  passwords: Passwords;
  tries: Limiter;
}

const FIELD = 'currentPassword';
type Needs = (form: Record<string, unknown>) => boolean;

/** S29 (sensitive change by a hijacked session): the password is asked for again. */
export function createPasswordConfirmation({ users, passwords, tries }: Deps) {
  /** The hash it was compared with. @throws ValidationError or TooManyRequestsError at `field` */
  async function check(userId: string, password: string, field: string): Promise<string> {
    await tries.consume(userId, { [field]: 'auth.form.password_tries' });
    const hash = await users.passwordHash(userId);
    if (!hash || !(await passwords.matches(password, hash, { known: true, key: userId }))) {
      throw new ValidationError({ [field]: 'account.password.wrong' });
    }
    await tries.forgive(userId);
    return hash;
  }

  /** Asks nothing for ten minutes after a sign-in or a right password. @throws like `check` */
  async function ensure(req: Request): Promise<void> {
    if (isFresh(req)) return;
    const password: unknown = req.body?.[FIELD];
    if (typeof password !== 'string' || password === '') throw new ValidationError({ [FIELD]: 'auth.form.password_again' });
    if (password.length > MAX_PASSWORD_CHARS) throw new ValidationError({ [FIELD]: 'account.password.wrong' });
    await check(memberOf(req).user.id, password, FIELD);
    refresh(req);
  }

  /** Stands after parseForm, which shows the form again. `needs`: whether this form asks at all. */
  const confirmed =
    (needs: Needs = () => true): RequestHandler =>
    async (req, res, next) => {
      if (needs(res.locals['form'])) await ensure(req);
      next();
    };

  return { check, ensure, confirmed };
}

export type PasswordConfirmation = ReturnType<typeof createPasswordConfirmation>;
