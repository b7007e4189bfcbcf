import { randomInt } from 'node:crypto';
import { keyOf, usernameFrom } from '#core/account-rules.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { MINUTE_MS } from '#core/durations.ts';
import { ValidationError } from '#core/errors.ts';
import type { Language } from '#core/languages.ts';
import { isUniqueConflict } from '#platform/db/failures.ts';
import type { Actor } from '#web/actor.ts';
import type { Member } from '#web/guards.ts';
import type { VerifiedLogin } from '#web/sign-in.ts';
import type { RegisterForm } from './auth.schema.ts';
import type { LoginLimits } from './login-limits.ts';
import type { Passwords } from './passwords.ts';
import type { SignInAlarm } from './sign-in-alarm.ts';
import type { Credentials, NewUser, UsersQueries } from './users.queries.ts';

interface Deps {
  users: UsersQueries;
  passwords: Passwords;
  limits: LoginLimits;
  audit: AuditLog;
  alarm: SignInAlarm;
}

export interface Origin {
  address: string;
  deviceOf: (account: VerifiedLogin) => string | null;
}

/** How often another number is tried after a username that we made and that is taken. */
const MADE_NAMES = 4;
const numbered = (name: string): string => `${name}-${randomInt(1_000, 10_000)}`;

export function createAuthService({ users, passwords, limits, audit, alarm }: Deps) {
  /** Stores somebody new by `store`, which throws a unique conflict when a name is taken. @throws ValidationError */
  async function newAccount(
    { username: chosen, email, password, business }: RegisterForm,
    { language, ip }: { language: Language; ip: string },
    store: (user: NewUser) => Promise<void>,
  ): Promise<NewUser> {
    const made = chosen ?? usernameFrom(business ?? email);
    const weak = await passwords.weakness(password, { username: made, email });
    if (weak) throw new ValidationError({ password: weak });
    const passwordHash = await passwords.hash(password, { known: false, key: ip });
    for (const username of chosen ? [chosen] : [made, ...Array.from({ length: MADE_NAMES }, () => numbered(made))]) {
      const user = { username, usernameKey: keyOf(username), email, emailKey: keyOf(email), passwordHash, language };
      const isStored = await store(user).then(
        () => true,
        (error: unknown) => {
          if (isUniqueConflict(error)) return false;
          throw error;
        },
      );
      if (isStored) return user;
    }
    // S20 (enumeration): both fields get the same text, so one try does not tell which is taken. Hiding it fully would need a
    // confirmed e-mail before the first sign-in, and a new owner should have an answering bot within two minutes.
    throw new ValidationError({ ...(chosen && { username: 'auth.register.taken' }), email: 'auth.register.taken' });
  }

  async function refused(account: Credentials | null, ip: string): Promise<void> {
    const tenantId = account?.tenantId ?? undefined;
    await audit.record({ tenantId, actorId: account?.id, actorKind: 'anonymous', action: 'session.refused', ip });
    await alarm.refused();
  }

  /** A form that is sent twice: the account that the first one made, for who has its password. */
  async function madeJustNow({ username, email, password }: RegisterForm, ip: string) {
    const account = await users.findNewAcrossTenants(keyOf(email), new Date(Date.now() - MINUTE_MS));
    if (!account?.tenantId || (username && keyOf(username) !== keyOf(account.username))) return null;
    const right = await passwords.matches(password, account.passwordHash, { known: false, key: ip });
    return right && !account.suspended ? { ...account, tenantId: account.tenantId } : null;
  }

  return {
    newAccount,

    async register(
      form: RegisterForm,
      language: Language,
      ip: string,
    ): Promise<VerifiedLogin & { username: string; tenantId: string }> {
      let ids = { userId: '', tenantId: '' };
      const made = await newAccount(form, { language, ip }, async (user) => {
        ids = await users.createWithTenant(user, form.business ?? user.username);
      }).catch(async (error: unknown) => {
        const account = error instanceof ValidationError ? await madeJustNow(form, ip) : null;
        if (account) return account;
        throw error;
      });
      if ('tenantId' in made) return made;
      const { username, passwordHash } = made;
      const { userId, tenantId } = ids;
      await audit.record({ tenantId, actorId: userId, actorKind: 'owner', action: 'user.registered', ip });
      return { id: userId, passwordHash, username, tenantId };
    },

    ensureBusiness: users.ensureBusiness,

    left: (actor: Actor): Promise<void> => audit.record({ ...actor, action: 'session.left' }),

    /** Null for a wrong password and an unknown name. @throws TooManyRequestsError, ValidationError for a suspended user. */
    async verify(login: string, password: string, { address, deviceOf }: Origin): Promise<Credentials | null> {
      const key = keyOf(login);
      const account = await users.findByLoginAcrossTenants(key);
      const attempt = { login: key, address, device: account && deviceOf(account) };
      await limits.count(attempt);
      const asker = attempt.device && account ? { known: true, key: account.id } : { known: false, key: address };
      const right = await passwords.matches(password, account?.passwordHash ?? null, asker);
      if (!right || !account || account.suspended) {
        await refused(account, address);
        if (right) throw new ValidationError({ form: 'auth.login.suspended' });
        return null;
      }
      await limits.forgive(attempt);
      return account;
    },

    entered: ({ tenant, user, role }: Member, ip: string): Promise<void> =>
      audit.record({ tenantId: tenant.id, actorId: user.id, actorKind: role, action: 'session.started', ip }),
  };
}

export type AuthService = ReturnType<typeof createAuthService>;
