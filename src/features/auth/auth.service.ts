import { keyOf } from '#core/account-rules.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { ValidationError } from '#core/errors.ts';
import type { Language } from '#core/languages.ts';
import { isUniqueConflict } from '#platform/db/failures.ts';
import type { Actor } from '#web/actor.ts';
import type { RegisterForm } from './auth.schema.ts';
import type { LoginLimits } from './login-limits.ts';
import type { Passwords } from './passwords.ts';
import type { SignInAlarm } from './sign-in-alarm.ts';
import type { Credentials, UsersQueries } from './users.queries.ts';

interface Deps {
  users: UsersQueries;
  passwords: Passwords;
  limits: LoginLimits;
  audit: AuditLog;
  alarm: SignInAlarm;
}

/** Where a try to sign in comes from. `deviceOf` tells whether the account was used on this device before. */
export interface Origin {
  address: string;
  deviceOf: (account: Credentials) => string | null;
}

/** Who may come in. */
export function createAuthService({ users, passwords, limits, audit, alarm }: Deps) {
  async function insert(user: Parameters<UsersQueries['createWithTenant']>[0]) {
    try {
      return await users.createWithTenant(user);
    } catch (error) {
      if (!isUniqueConflict(error)) throw error;
      // S20: one text at both fields, so that a try with a made-up name does not say at once which of the two is taken. Whoever
      // tries on purpose still learns it, slowly (registrations are counted per address): hiding it would need a confirmed
      // e-mail before the first sign-in, and a newcomer is to have an answering bot within two minutes.
      throw new ValidationError({ username: 'auth.register.taken', email: 'auth.register.taken' });
    }
  }

  return {
    /**
     * A new business and its owner.
     * @throws ValidationError when a name is taken or the password is easy to guess.
     */
    async register({ username, email, password }: RegisterForm, language: Language, ip: string): Promise<string> {
      const weak = await passwords.weakness(password, { username, email });
      if (weak) throw new ValidationError({ password: weak });
      const passwordHash = await passwords.hash(password);
      const user = { username, usernameKey: keyOf(username), email, emailKey: keyOf(email), passwordHash, language };
      const { userId, tenantId } = await insert(user);
      await audit.record({ tenantId, actorId: userId, actorKind: 'owner', action: 'user.registered', ip });
      return userId;
    },

    /** Somebody signs out. */
    left: (actor: Actor): Promise<void> => audit.record({ ...actor, action: 'session.left' }),

    /**
     * The id of whom `login` and `password` belong to; null for a wrong password and an unknown name alike.
     * @throws TooManyRequestsError when too many tries failed; ValidationError to a suspended person who knows the password.
     */
    async verify(login: string, password: string, { address, deviceOf }: Origin): Promise<string | null> {
      const key = keyOf(login);
      const account = await users.findByLoginAcrossTenants(key);
      const attempt = { login: key, address, device: account && deviceOf(account) };
      await limits.count(attempt);
      const right = await passwords.matches(password, account?.passwordHash ?? null);
      const accepted = right && account !== null && !account.suspended;
      await audit.record({
        tenantId: account?.tenantId ?? undefined,
        actorId: account?.id,
        actorKind: accepted ? 'owner' : 'anonymous',
        action: accepted ? 'session.started' : 'session.refused',
        ip: address,
      });
      if (!accepted) await alarm.refused();
      if (right && account?.suspended) throw new ValidationError({ form: 'auth.login.suspended' });
      if (!accepted) return null;
      await limits.forgive(attempt);
      return account.id;
    },
  };
}

export type AuthService = ReturnType<typeof createAuthService>;
