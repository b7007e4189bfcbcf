import { setTimeout as wait } from 'node:timers/promises';
import { keyOf } from '#core/account-rules.ts';
import type { AuditAction } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { ValidationError } from '#core/errors.ts';
import type { Limiter } from '#web/limits.ts';
import type { VerifiedLogin } from '#web/sign-in.ts';
import type { Origin } from './auth.service.ts';
import type { PasswordResetsQueries, ResetUser } from './password-resets.queries.ts';
import type { Passwords } from './passwords.ts';
import { hashOf, newResetLink } from './reset-link.ts';
import type { SecurityMails } from './security-mails.ts';

interface Deps {
  resets: PasswordResetsQueries;
  passwords: Passwords;
  audit: AuditLog;
  securityMails: SecurityMails;
  mailLimit: Limiter;
  /** The base of links: configured, never the request's Host. */
  origin: string;
  answerAfterMs: number;
}

export function createPasswordResets({ resets, passwords, audit, securityMails, mailLimit, origin, answerAfterMs }: Deps) {
  async function sendLink(email: string, now: Date, { address, deviceOf }: Origin): Promise<void> {
    const user = await resets.findUserAcrossTenants(keyOf(email));
    if (!user) return;
    // A flood of requests must not become a flood of mails. The response stays the same. A stranger's requests leave those of a
    // known device.
    const device = deviceOf(user);
    if (!(await mailLimit.allows(device ? `${user.id}:${device}` : user.id))) return;
    await securityMails.resetLink(user, await newResetLink(resets, { userId: user.id, origin, now }));
    await record(user, 'password.reset_requested', address);
  }

  const record = (user: ResetUser, action: AuditAction, ip: string): Promise<void> =>
    audit.record({ tenantId: user.tenantId ?? undefined, actorId: user.id, actorKind: 'anonymous', action, ip });

  return {
    /** Neither the response nor its time tells whether the address is known. */
    async request(email: string, now: Date, origin: Origin): Promise<void> {
      await Promise.all([sendLink(email, now, origin), wait(answerAfterMs)]);
    },

    isValid: async (token: string, now: Date): Promise<boolean> =>
      (await resets.findByTokenAcrossTenants(hashOf(token), now)) !== null,

    /** Null for a used, expired or replaced link. @throws ValidationError for a weak password. */
    async redeem(token: string, password: string, now: Date, ip: string): Promise<VerifiedLogin | null> {
      const user = await resets.findByTokenAcrossTenants(hashOf(token), now);
      if (!user) return null;
      const weak = await passwords.weakness(password, user);
      if (weak) throw new ValidationError({ password: weak });
      const passwordHash = await passwords.hash(password, { known: true, key: user.id });
      if (!(await resets.redeem(user.id, hashOf(token), passwordHash, now))) return null;
      await record(user, 'password.reset', ip);
      await securityMails.passwordChanged(user);
      return { id: user.id, passwordHash };
    },
  };
}

export type PasswordResets = ReturnType<typeof createPasswordResets>;
