import { keyOf } from '#core/account-rules.ts';
import type { AuditAction } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { NotFoundError, ValidationError } from '#core/errors.ts';
import type { PasswordConfirmation, Passwords, SecurityMails } from '#features/auth/feature.ts';
import { isUniqueConflict } from '#platform/db/failures.ts';
import type { Notifications } from '#platform/db/notifications.ts';
import type { Member } from '#web/guards.ts';
import type { VerifiedLogin } from '#web/sign-in.ts';
import type { AccountQueries, SessionRow } from './account.queries.ts';
import type { PasswordForm, ProfileForm } from './account.schema.ts';
import type { EmailChanges } from './email-changes.service.ts';

interface Deps {
  account: AccountQueries;
  passwords: Passwords;
  audit: AuditLog;
  notifications: Pick<Notifications, 'notify'>;
  emailChanges: EmailChanges;
  confirmation: Pick<PasswordConfirmation, 'check'>;
  securityMails: SecurityMails;
}

interface Confirmed {
  ip: string;
  confirm: () => Promise<void>;
}

export function createAccountService({
  account,
  passwords,
  audit,
  notifications,
  confirmation,
  securityMails,
  emailChanges,
}: Deps) {
  const record = (
    { user, tenant, role }: Member,
    ip: string,
    action: AuditAction,
    details?: Record<string, unknown>,
  ): Promise<void> => audit.record({ tenantId: tenant.id, actorId: user.id, actorKind: role, action, ip, details });

  return {
    /** `confirm` asks for the password, since a new e-mail takes the account over. True when a mail to it has to be answered first. */
    async updateProfile(member: Member, form: ProfileForm, { ip, confirm }: Confirmed): Promise<boolean> {
      const { username, email, language } = form;
      const isMoving = keyOf(email) !== keyOf(member.user.email);
      if (isMoving) await confirm();
      if (isMoving) await emailChanges.mayAsk(member);
      const profile = { username, usernameKey: keyOf(username), language };
      await account.updateProfile(member.user.id, profile).catch((error: unknown) => {
        if (isUniqueConflict(error)) throw new ValidationError({ username: 'account.profile.username_taken' });
        throw error;
      });
      await record(member, ip, 'account.changed');
      if (isMoving) await emailChanges.ask({ ...member.user, username, language }, email);
      return isMoving;
    },

    /** Ends all sessions; the caller starts a new one. @throws ValidationError */
    async changePassword(member: Member, { currentPassword, password }: PasswordForm, ip: string): Promise<VerifiedLogin> {
      const weak = await passwords.weakness(password, member.user);
      if (weak) throw new ValidationError({ password: weak });
      const oldHash = await confirmation.check(member.user.id, currentPassword, 'currentPassword');
      const passwordHash = await passwords.hash(password, { known: true, key: member.user.id });
      if (!(await account.changePassword(member.user.id, oldHash, passwordHash))) {
        throw new ValidationError({ currentPassword: 'account.password.wrong' });
      }
      await record(member, ip, 'password.changed');
      await securityMails.passwordChanged(member.user);
      return { id: member.user.id, passwordHash };
    },

    sessions: (member: Member): Promise<SessionRow[]> => account.sessions(member.user.id, new Date()),

    async endSession(member: Member, id: string, ip: string): Promise<void> {
      if (!(await account.endSession(member.user.id, id))) throw new NotFoundError();
      await record(member, ip, 'session.ended');
    },

    async endOtherSessions(member: Member, currentId: string, ip: string): Promise<number> {
      const count = await account.endOtherSessions(member.user.id, currentId);
      await record(member, ip, 'session.others_ended', { count });
      return count;
    },

    async delete(member: Member, password: string, ip: string): Promise<void> {
      await confirmation.check(member.user.id, password, 'password');
      if (!(await account.deleteEverything(member.user.id))) throw new ValidationError({ password: 'account.delete.last_admin' });
      await record(member, ip, 'account.deleted');
      // The bots' pollers stop when they notice.
      await notifications.notify('connections');
    },
  };
}

export type AccountService = ReturnType<typeof createAccountService>;
