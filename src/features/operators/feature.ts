import type { Response } from 'express';
import type { SpokenTrail, TrailFilter } from '#features/activity/feature.ts';
import type { BillingApi } from '#features/billing/feature.ts';
import type { ConversationsService, MessagesRead } from '#features/conversations/feature.ts';
import type { Foundation } from '../../foundation.ts';
import { adminRoutes } from './admin.routes.ts';
import { createAdminService } from './admin.service.ts';
import { createAdminsRepo } from './admins.repo.ts';
import { createAdminBotsRead } from './bots.read.ts';
import { createOversightRead } from './oversight.read.ts';
import { createOversight } from './oversight.ts';
import { createPeopleRead } from './people.read.ts';
import { supportRoutes } from './support.routes.ts';
import { createSupport } from './support.service.ts';
import { createSupportGrantsRepo } from './support-grants.repo.ts';
import { createSuspensionsRepo } from './suspensions.repo.ts';

interface Needs {
  activity: { spokenTrail: SpokenTrail; sendTrail: (filter: Omit<TrailFilter, 'before'>, res: Response) => Promise<void> };
  billing: BillingApi;
  conversations: { conversations: ConversationsService; messages: MessagesRead };
  aiConfigured: boolean;
}

/** Operators: the admins' panel, the support view and the oversight of the installation. */
export function operatorsFeature(
  { env, database, notifications, audit }: Foundation,
  { activity, billing: { planChanges, subscriptions, upgrades }, conversations, aiConfigured }: Needs,
) {
  const people = createPeopleRead({ database });
  const oversightRead = createOversightRead({ database });
  const support = createSupport({ grants: createSupportGrantsRepo({ database }), audit });
  const admin = createAdminService({
    people,
    admins: createAdminsRepo(database),
    suspensions: createSuspensionsRepo({ database }),
    planChanges,
    notifications,
    audit,
    now: database.now,
  });
  const oversight = createOversight({ read: oversightRead });
  const adminBots = createAdminBotsRead({ database });
  return {
    routes: adminRoutes({
      ...activity,
      ...conversations,
      admin,
      people,
      subscriptions,
      adminBots,
      support,
      upgrades,
      oversight,
      aiConfigured,
      env,
    }),
    /** What an owner lets support see. */
    accountRoutes: supportRoutes({ support }),
    jobs: { hourly: (now: Date) => oversightRead.rollUpAcrossTenants(now) },
    api: { admin, oversightRead, support },
  };
}
