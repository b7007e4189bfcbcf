import { createHash } from 'node:crypto';
import { keyOf } from '#core/account-rules.ts';
import type { AuditAction } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { DAY_MS } from '#core/durations.ts';
import { LimitReachedError, NotFoundError, ValidationError } from '#core/errors.ts';
import type { Language } from '#core/languages.ts';
import type { Role } from '#core/rights.ts';
import { unlinked } from '#core/unlinked.ts';
import type { AuthApi } from '#features/auth/feature.ts';
import { isId, newToken } from '#platform/crypto/ids.ts';
import type { I18n } from '#platform/i18n/i18n.ts';
import type { Mail } from '#platform/mailer.ts';
import type { Member } from '#web/guards.ts';
import type { Limiter } from '#web/limits.ts';
import type { VerifiedLogin } from '#web/sign-in.ts';
import { type Invitation, type InvitationsQueries, MAX_PEOPLE } from './invitations.queries.ts';
import type { InviteForm, JoinForm } from './team.schema.ts';

interface Deps {
  invitations: InvitationsQueries;
  accounts: Pick<AuthApi, 'auth' | 'users'>;
  audit: AuditLog;
  i18n: I18n;
  sendMail: (mail: Mail) => Promise<void>;
  /** S76: our mail is no relay. */
  limits: Record<'person' | 'tenant' | 'address', Limiter>;
  origin: string;
}

interface Link {
  link: string;
  /** Null: only the link was made. */
  email: string | null;
}

const LIFETIME_DAYS = 7;
const MANY = { email: 'team.invite.many' };
const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Invitations: by e-mail, or as a link that is passed on. Whoever has the link may use it, once. */
export function createInvitations({ invitations, accounts, audit, i18n, sendMail, limits, origin }: Deps) {
  const newLink = (token: string) => ({
    tokenHash: hashOf(token),
    expiresAt: new Date(Date.now() + LIFETIME_DAYS * DAY_MS),
  });
  const linkOf = (token: string): string => `${origin}/invitations/${token}`;

  const record = ({ user, tenant, role }: Member, ip: string, action: AuditAction, details: Record<string, unknown> = {}) =>
    audit.record({ tenantId: tenant.id, actorId: user.id, actorKind: role, action, ip, details });

  /** S20 (enumeration): the same mail whether or not the address has an account. */
  async function mail({ user, tenant }: Member, email: string, role: Role, link: string): Promise<void> {
    if (!(await limits.address.allows(keyOf(email)))) return;
    const t = i18n.getFixedT(user.language);
    const [by, business] = [unlinked(user.username), unlinked(tenant.name)];
    const params = { by, business, link, days: LIFETIME_DAYS, role: t(`team.role.${role}`) };
    await sendMail({ to: email, subject: t('mail.invitation.subject', params), text: t('mail.invitation.text', params) });
  }

  async function count({ user, tenant }: Member): Promise<void> {
    await limits.person.consume(user.id, MANY);
    await limits.tenant.consume(tenant.id, MANY);
  }

  const joined = (
    { tenantId, role }: Invitation,
    { userId, ip, action = 'team.joined' }: { userId: string; ip: string; action?: AuditAction },
  ): Promise<void> => audit.record({ tenantId, actorId: userId, actorKind: role, action, ip, details: { role } });

  return {
    list: invitations.list,

    /** @throws ValidationError, TooManyRequestsError at `email`, LimitReachedError */
    async invite(member: Member, { email: given, role }: InviteForm, ip: string): Promise<Link> {
      const email = given ?? null;
      if (email && (await invitations.isMember(member.tenant.id, keyOf(email)))) {
        throw new ValidationError({ email: 'team.invite.member' });
      }
      await count(member);
      const token = newToken();
      const whom = { tenantId: member.tenant.id, invitedBy: member.user.id, email, emailKey: email ? keyOf(email) : null, role };
      const id = await invitations.put({ ...whom, ...newLink(token) });
      if (!id) throw new LimitReachedError('team.invite.full', { count: MAX_PEOPLE });
      await record(member, ip, 'team.invited', { role });
      if (email) await mail(member, email, role, linkOf(token));
      return { link: linkOf(token), email };
    },

    /** The earlier link stops working. @throws NotFoundError, TooManyRequestsError */
    async sendAgain(member: Member, id: string, ip: string): Promise<Link> {
      if (!isId(id)) throw new NotFoundError();
      await count(member);
      const token = newToken();
      const found = await invitations.renew(member.tenant.id, id, { ...newLink(token), invitedBy: member.user.id });
      if (!found) throw new NotFoundError();
      await record(member, ip, 'team.invited', { role: found.role });
      if (found.email) await mail(member, found.email, found.role, linkOf(token));
      return { link: linkOf(token), email: found.email };
    },

    async withdraw(member: Member, id: string, ip: string): Promise<void> {
      if (!isId(id) || !(await invitations.withdraw(member.tenant.id, id))) throw new NotFoundError();
      await record(member, ip, 'team.invitation_withdrawn');
    },

    find: (token: string): Promise<Invitation | null> => invitations.findAcrossTenants(hashOf(token), new Date()),

    /** False when the link was used or withdrawn meanwhile. */
    async acceptAs(invitation: Invitation, token: string, userId: string, ip: string): Promise<boolean> {
      const using = { tokenHash: hashOf(token), now: new Date() };
      const accepted = await invitations.accept(invitation, using, () => Promise.resolve(userId));
      if (accepted) await joined(invitation, { userId, ip });
      return accepted !== null;
    },

    /** Null when the link was used or withdrawn meanwhile. @throws ValidationError */
    async acceptNew(
      invitation: Invitation,
      token: string,
      { form, language, ip }: { form: JoinForm; language: Language; ip: string },
    ): Promise<VerifiedLogin | null> {
      const email = form.email ?? invitation.email;
      if (!email) throw new ValidationError({ email: 'errors.form.required' });
      const using = { tokenHash: hashOf(token), now: new Date() };
      let userId: string | null = null;
      const { passwordHash } = await accounts.auth.newAccount({ ...form, email }, { language, ip }, async (user) => {
        userId = await invitations.accept(invitation, using, (tx) => accounts.users.add(tx, user));
      });
      if (!userId) return null;
      await joined(invitation, { userId, ip, action: 'user.registered' });
      await joined(invitation, { userId, ip });
      return { id: userId, passwordHash };
    },
  };
}

export type Invitations = ReturnType<typeof createInvitations>;
