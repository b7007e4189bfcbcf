import { setTimeout as wait } from 'node:timers/promises';
import { keyOf } from '#core/account-rules.ts';
import type { AuditAction } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { ValidationError } from '#core/errors.ts';
import type { I18n } from '#platform/i18n/i18n.ts';
import type { Mail } from '#platform/mailer.ts';
import type { Limiter } from '#web/limits.ts';
import type { PasswordResetsQueries, ResetUser } from './password-resets.queries.ts';
import type { Passwords } from './passwords.ts';
import { hashOf, LIFETIME_MINUTES, newResetLink } from './reset-link.ts';

interface Deps {
  resets: PasswordResetsQueries;
  passwords: Passwords;
  audit: AuditLog;
  i18n: I18n;
  sendMail: (mail: Mail) => Promise<void>;
  /** Counts the mails to one address. */
  mailLimit: Limiter;
  /** Where links lead: configured, never the request's own Host. */
  origin: string;
  /** Every request for a link takes at least this long, known address or not. */
  answerAfterMs: number;
}

/** A new password for somebody who forgot theirs. */
export function createPasswordResets({ resets, passwords, audit, i18n, sendMail, mailLimit, origin, answerAfterMs }: Deps) {
  async function sendLink(email: string, now: Date, ip: string): Promise<void> {
    const user = await resets.findUserAcrossTenants(keyOf(email));
    if (!user || !(await mayMail(user))) return;
    const link = await newResetLink(resets, { userId: user.id, origin, now });
    const t = i18n.getFixedT(user.language);
    const params = { username: user.username, link, minutes: LIFETIME_MINUTES };
    await sendMail({ to: user.email, subject: t('mail.reset.subject'), text: t('mail.reset.text', params) });
    await record(user, 'password.reset_requested', ip);
  }

  /** A flood of requests must not become a flood of mails; the answer stays the same. */
  const mayMail = (user: ResetUser): Promise<boolean> =>
    mailLimit.consume(user.id).then(
      () => true,
      () => false,
    );

  const record = (user: ResetUser, action: AuditAction, ip: string): Promise<void> =>
    audit.record({ tenantId: user.tenantId ?? undefined, actorId: user.id, actorKind: 'anonymous', action, ip });

  return {
    /** Mails a link when the address is known; nobody can tell from the answer or its time. */
    async request(email: string, now: Date, ip: string): Promise<void> {
      await Promise.all([sendLink(email, now, ip), wait(answerAfterMs)]);
    },

    /** Whether the link still opens. */
    isValid: async (token: string, now: Date): Promise<boolean> =>
      (await resets.findByTokenAcrossTenants(hashOf(token), now)) !== null,

    /**
     * Sets the password and ends every session of the person. False when the link is used, old, or not the newest.
     * @throws ValidationError when the password is easy to guess.
     */
    async redeem(token: string, password: string, now: Date, ip: string): Promise<boolean> {
      const user = await resets.findByTokenAcrossTenants(hashOf(token), now);
      if (!user) return false;
      const weak = await passwords.weakness(password, user);
      if (weak) throw new ValidationError({ password: weak });
      const done = await resets.redeem(user.id, hashOf(token), await passwords.hash(password), now);
      if (done) await record(user, 'password.reset', ip);
      return done;
    },
  };
}

export type PasswordResets = ReturnType<typeof createPasswordResets>;
