import { createHash } from 'node:crypto';
import { keyOf } from '#core/account-rules.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { HOUR_MS } from '#core/durations.ts';
import type { SecurityMails } from '#features/auth/feature.ts';
import { newToken } from '#platform/crypto/ids.ts';
import type { Member } from '#web/guards.ts';
import type { Limiter } from '#web/limits.ts';
import type { Confirmation, EmailChangesQueries } from './email-changes.queries.ts';

interface Deps {
  changes: EmailChangesQueries;
  securityMails: SecurityMails;
  audit: AuditLog;
  /** S76: our mail is no relay. */
  limits: Record<'person' | 'tenant' | 'address', Limiter>;
  origin: string;
}

const LIFETIME_HOURS = 24;
const MANY = { email: 'account.email.many' };
const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** A new e-mail counts once the link in the mail to it is opened. */
export function createEmailChanges({ changes, securityMails, audit, limits, origin }: Deps) {
  async function mailNewAddress(user: Member['user'], email: string, link: string): Promise<void> {
    if (!(await limits.address.allows(keyOf(email)))) return;
    const holder = await changes.holderAcrossTenants(keyOf(email));
    if (holder) await securityMails.emailTaken(holder);
    else await securityMails.confirmEmail({ ...user, email }, link, LIFETIME_HOURS);
  }

  async function newLink(user: Member['user'], email: string): Promise<string> {
    const token = newToken();
    const expiresAt = new Date(Date.now() + LIFETIME_HOURS * HOUR_MS);
    await changes.replace(user.id, { tokenHash: hashOf(token), email, emailKey: keyOf(email), expiresAt });
    return `${origin}/confirm-email/${token}`;
  }

  return {
    /** @throws TooManyRequestsError at the form's e-mail */
    async mayAsk({ user, tenant }: Member): Promise<void> {
      await limits.person.consume(user.id, MANY);
      await limits.tenant.consume(tenant.id, MANY);
    },

    /** S20 (enumeration): the same for an address that somebody has; only its holder learns of it. */
    async ask(user: Member['user'], email: string): Promise<void> {
      await mailNewAddress(user, email, await newLink(user, email));
      await securityMails.emailAsked(user, email);
    },

    /** The address given at the registration. @throws TooManyRequestsError */
    async askOwn({ user, tenant }: Member): Promise<void> {
      await limits.person.consume(user.id);
      await limits.tenant.consume(tenant.id);
      if (!(await limits.address.allows(keyOf(user.email)))) return;
      await securityMails.confirmEmail(user, await newLink(user, user.email), LIFETIME_HOURS);
    },

    unproven: changes.unproven,

    waiting: (userId: string): Promise<string | null> => changes.waiting(userId, new Date()),

    find: (token: string): Promise<Confirmation | null> => changes.findAcrossTenants(hashOf(token), new Date()),

    /** Null for a used, replaced or expired link. */
    async confirm(token: string, ip: string): Promise<'own' | 'changed' | null> {
      const change = await changes.findAcrossTenants(hashOf(token), new Date());
      if (!change || !(await changes.redeem(change.person.id, hashOf(token)))) return null;
      const { id: actorId, tenantId } = change.person;
      const isOwn = keyOf(change.email) === keyOf(change.person.email);
      const action = isOwn ? 'account.email_confirmed' : 'account.email_changed';
      const line = { tenantId: tenantId ?? undefined, actorId, actorKind: 'anonymous', action } as const;
      await audit.record({ ...line, ip });
      if (isOwn) return 'own';
      await securityMails.emailChanged(change.person);
      return 'changed';
    },
  };
}

export type EmailChanges = ReturnType<typeof createEmailChanges>;
