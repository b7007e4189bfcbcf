import { keyOf } from '#core/account-rules.ts';
import type { AuditAction } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { NotFoundError, ValidationError } from '#core/errors.ts';
import type { Passwords } from '#features/auth/feature.ts';
import { isUniqueConflict } from '#platform/db/failures.ts';
import type { Notifications } from '#platform/db/notifications.ts';
import type { I18n } from '#platform/i18n/i18n.ts';
import type { Mail } from '#platform/mailer.ts';
import type { Member } from '#web/guards.ts';
import type { Limiter } from '#web/limits.ts';
import type { AccountQueries, SessionRow } from './account.queries.ts';
import type { PasswordForm, ProfileForm } from './account.schema.ts';

interface Deps {
  account: AccountQueries;
  passwords: Passwords;
  audit: AuditLog;
  notifications: Pick<Notifications, 'notify'>;
  i18n: I18n;
  sendMail: (mail: Mail) => Promise<void>;
  /** Counts wrong passwords of one signed-in person. */
  passwordTries: Limiter;
}

/** What people do with their own account. */
export function createAccountService({ account, passwords, audit, notifications, i18n, sendMail, passwordTries }: Deps) {
  const record = (
    { user, tenant, role }: Member,
    ip: string,
    action: AuditAction,
    details?: Record<string, unknown>,
  ): Promise<void> => audit.record({ tenantId: tenant.id, actorId: user.id, actorKind: role, action, ip, details });

  /** S29: whoever sits at an unlocked screen does not know it. @throws ValidationError at `field` */
  async function confirmPassword({ user }: Member, password: string, field: string): Promise<string> {
    await passwordTries.consume(user.id);
    const hash = await account.passwordHash(user.id);
    if (!hash || !(await passwords.matches(password, hash))) throw new ValidationError({ [field]: 'account.password.wrong' });
    await passwordTries.forgive(user.id);
    return hash;
  }

  /** The old address learns of it, in case it was not its owner. */
  async function tellOldAddress({ user }: Member, form: ProfileForm): Promise<void> {
    const t = i18n.getFixedT(form.language);
    const text = t('mail.email_changed.text', { username: form.username });
    await sendMail({ to: user.email, subject: t('mail.email_changed.subject'), text });
  }

  return {
    /**
     * `fresh`: the password was given a short while ago. Else a new e-mail, to which a new password can be sent, needs it (S29).
     * @throws ValidationError when a name is another's or the password is wanted.
     */
    async updateProfile(member: Member, form: ProfileForm, { ip, fresh }: { ip: string; fresh: boolean }): Promise<void> {
      const { username, email, language, currentPassword } = form;
      const isMoving = keyOf(email) !== keyOf(member.user.email);
      if (isMoving && !fresh && currentPassword === '')
        throw new ValidationError({ currentPassword: 'account.profile.password_wanted' });
      if (isMoving && !fresh) await confirmPassword(member, currentPassword, 'currentPassword');
      const profile = { username, usernameKey: keyOf(username), email, emailKey: keyOf(email), language };
      await account.updateProfile(member.user.id, profile).catch((error: unknown) => {
        if (isUniqueConflict(error)) throw new ValidationError({ username: 'auth.register.taken', email: 'auth.register.taken' });
        throw error;
      });
      await record(member, ip, 'account.changed');
      if (isMoving) await tellOldAddress(member, form);
    },

    /** Ends every session, this one included: the caller starts a new one. @throws ValidationError */
    async changePassword(member: Member, { currentPassword, password }: PasswordForm, ip: string): Promise<void> {
      const weak = await passwords.weakness(password, member.user);
      if (weak) throw new ValidationError({ password: weak });
      const oldHash = await confirmPassword(member, currentPassword, 'currentPassword');
      if (!(await account.changePassword(member.user.id, oldHash, await passwords.hash(password)))) {
        throw new ValidationError({ currentPassword: 'account.password.wrong' });
      }
      await record(member, ip, 'password.changed');
    },

    sessions: (member: Member): Promise<SessionRow[]> => account.sessions(member.user.id, new Date()),

    /** @throws NotFoundError for a session that is not theirs. */
    async endSession(member: Member, id: string, ip: string): Promise<void> {
      if (!(await account.endSession(member.user.id, id))) throw new NotFoundError();
      await record(member, ip, 'session.ended');
    },

    async endOtherSessions(member: Member, currentId: string, ip: string): Promise<number> {
      const count = await account.endOtherSessions(member.user.id, currentId);
      await record(member, ip, 'session.others_ended', { count });
      return count;
    },

    /** The account, its business, bots, knowledge and conversations, for good. @throws ValidationError */
    async delete(member: Member, password: string, ip: string): Promise<void> {
      await confirmPassword(member, password, 'password');
      if (!(await account.deleteEverything(member.user.id))) throw new ValidationError({ password: 'account.delete.last_admin' });
      await record(member, ip, 'account.deleted');
      // The bots' pollers stop as soon as they look.
      await notifications.notify('connections');
    },
  };
}

export type AccountService = ReturnType<typeof createAccountService>;
