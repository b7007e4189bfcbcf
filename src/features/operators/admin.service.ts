import type { AuditAction } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { NotFoundError, ValidationError } from '#core/errors.ts';
import { PLANS } from '#core/plans.ts';
import { addDays, DEFAULT_TIME_ZONE, startOfDay } from '#core/time.ts';
import type { PlanChanges } from '#features/billing/feature.ts';
import type { InstallationGrants } from '#features/connections/feature.ts';
import { isId } from '#platform/crypto/ids.ts';
import type { Notifications } from '#platform/db/notifications.ts';
import type { SubscriptionForm } from './admin.schema.ts';
import type { AdminsRepo } from './admins.repo.ts';
import type { PeopleRead, Person } from './people.read.ts';
import type { SuspensionsRepo } from './suspensions.repo.ts';

interface Deps {
  people: PeopleRead;
  admins: AdminsRepo;
  suspensions: SuspensionsRepo;
  planChanges: Pick<PlanChanges, 'change'>;
  grants: Pick<InstallationGrants, 'grant' | 'withdraw'>;
  notifications: Pick<Notifications, 'notify'>;
  audit: AuditLog;
  now: () => Promise<Date>;
}

export interface AdminActor {
  actorId: string;
  ip: string | undefined;
}

/** Every action is recorded in the business's activity log. */
export function createAdminService({ people, admins, suspensions, planChanges, grants, notifications, audit, now }: Deps) {
  async function find(id: unknown): Promise<Person> {
    const person = isId(id) ? await people.findAcrossTenants(id) : null;
    if (!person) throw new NotFoundError();
    return person;
  }

  const record = (
    { actorId, ip }: AdminActor,
    action: AuditAction,
    person: Person,
    details?: Record<string, unknown>,
  ): Promise<void> =>
    audit.record({
      tenantId: person.tenantId ?? undefined,
      actorId,
      actorKind: 'admin',
      action,
      targetType: 'user',
      targetId: person.id,
      details,
      ip,
    });

  return {
    find,

    /** @throws NotFoundError; ValidationError for a person without a business. */
    async changePlan(actor: AdminActor, id: unknown, form: SubscriptionForm): Promise<void> {
      const person = await find(id);
      if (!person.tenantId) throw new ValidationError({ form: 'admin.user.error.no_tenant' });
      const plan = PLANS[form.subscriptionType];
      const change = {
        type: plan.name,
        endsAt: form.endDate ? startOfDay(addDays(form.endDate, 1), person.timeZone ?? DEFAULT_TIME_ZONE) : null,
        maxBots: form.maxBots ?? plan.maxBots,
        maxMessagesPerMonth: form.maxMessagesPerMonth ?? plan.maxMessagesPerMonth,
      };
      await planChanges.change(person.tenantId, change, await now());
      await record(actor, 'subscription.changed', person, change);
    },

    /** Ends sessions, stops bots and blocks sign-in of the whole business. @throws NotFoundError, ValidationError for admins. */
    async suspend(actor: AdminActor, id: unknown): Promise<void> {
      const person = await find(id);
      if (!(await suspensions.suspendAcrossTenants(person.id))) throw new ValidationError({ form: 'admin.user.error.is_admin' });
      await record(actor, 'user.suspended', person);
      await notifications.notify('connections');
    },

    async restore(actor: AdminActor, id: unknown): Promise<void> {
      const person = await find(id);
      await suspensions.restoreAcrossTenants(person.id);
      await record(actor, 'user.restored', person);
      await notifications.notify('connections');
    },

    /** @throws NotFoundError; ValidationError for a suspended person. */
    async grant(actor: AdminActor, id: unknown): Promise<void> {
      const person = await find(id);
      const granted = person.suspended ? null : await admins.grantByIdAcrossTenants(person.id);
      if (!granted) throw new ValidationError({ form: 'admin.user.error.suspended' });
      await record(actor, 'admin.granted', person);
    },

    /** @throws NotFoundError, ValidationError for the last admin. */
    async revoke(actor: AdminActor, id: unknown): Promise<void> {
      const person = await find(id);
      const revoked = await admins.revokeByIdAcrossTenants(person.id);
      if (revoked === 'last') throw new ValidationError({ form: 'admin.user.error.last_admin' });
      if (revoked !== 'missing') await record(actor, 'admin.revoked', person);
    },

    /** Lets the business leave credentials empty. @throws NotFoundError, ValidationError */
    async lendValues(actor: AdminActor, id: unknown): Promise<void> {
      const person = await find(id);
      if (!person.tenantId) throw new ValidationError({ form: 'admin.user.error.no_tenant' });
      if (await grants.grant(person.tenantId)) await record(actor, 'values.granted', person);
    },

    /** Stops what uses the installation's token. @throws NotFoundError, ValidationError */
    async withdrawValues(actor: AdminActor, id: unknown): Promise<void> {
      const person = await find(id);
      if (!person.tenantId) throw new ValidationError({ form: 'admin.user.error.no_tenant' });
      await grants.withdraw(person.tenantId);
      await record(actor, 'values.withdrawn', person);
      await notifications.notify('connections');
    },

    async exported({ actorId, ip }: AdminActor, details: Record<string, unknown>): Promise<void> {
      await audit.record({ actorId, actorKind: 'admin', action: 'audit.exported', details, ip });
    },
  };
}

export type AdminService = ReturnType<typeof createAdminService>;
