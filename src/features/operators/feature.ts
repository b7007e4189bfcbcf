import type { Response } from 'express';
import type { ActivityFilter, ActivityLog } from '#features/activity/feature.ts';
import type { AuthApi } from '#features/auth/feature.ts';
import type { BillingApi } from '#features/billing/feature.ts';
import type { ConnectionsApi } from '#features/connections/feature.ts';
import type { ConversationsService, MessagesRead } from '#features/conversations/feature.ts';
import type { Notices } from '#features/notices/feature.ts';
import type { Foundation } from '../../foundation.ts';
import { adminRoutes } from './admin.routes.ts';
import { createAdminService } from './admin.service.ts';
import { createAdminsRepo } from './admins.repo.ts';
import { createAiProblemsWatch } from './ai-problems.ts';
import { createAdminBotsRead } from './bots.read.ts';
import { createOversightRead } from './oversight.read.ts';
import { createOversight } from './oversight.ts';
import { createPeopleRead } from './people.read.ts';
import { supportRoutes } from './support.routes.ts';
import { createSupport } from './support.service.ts';
import { createSupportGrantsRepo } from './support-grants.repo.ts';
import { createSuspensionsRepo } from './suspensions.repo.ts';

interface Needs {
  auth: Pick<AuthApi, 'confirmation' | 'twoFactor'>;
  activity: { activityLog: ActivityLog; sendActivity: (filter: Omit<ActivityFilter, 'before'>, res: Response) => Promise<void> };
  billing: BillingApi;
  connections: Pick<ConnectionsApi, 'grants'>;
  conversations: { conversations: ConversationsService; messages: MessagesRead };
  notices: Pick<Notices, 'tellAdmins'>;
  aiConfigured: boolean;
}

/** Operators: the admin pages, the support view and the oversight of the installation. */
export function operatorsFeature(
  { env, origin, logger, database, channels, notifications, audit }: Foundation,
  {
    auth,
    activity,
    connections: { grants },
    billing: { planChanges, subscriptions, upgrades },
    conversations,
    notices,
    aiConfigured,
  }: Needs,
) {
  const people = createPeopleRead({ database });
  const oversightRead = createOversightRead({ database });
  const support = createSupport({ grants: createSupportGrantsRepo({ database }), audit });
  const admin = createAdminService({
    people,
    admins: createAdminsRepo(database),
    suspensions: createSuspensionsRepo({ database }),
    planChanges,
    grants,
    notifications,
    audit,
    now: database.now,
  });
  const aiProblems = createAiProblemsWatch({ database, notices, origin, logger });
  notifications.on('ai', () => {
    aiProblems.tellAdmins().catch((err) => logger.warn({ err }, 'the admins were not told of a problem of the AI'));
  });
  const oversight = createOversight({ read: { ...oversightRead, aiProblems: aiProblems.openAcrossTenants } });
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
      grants,
      confirmed: auth.confirmation.confirmed,
      twoFactor: auth.twoFactor,
      hasValues: Object.values(channels).some((channel) => Object.keys(channel?.defaults ?? {}).length > 0),
      aiConfigured,
      env,
    }),
    accountRoutes: supportRoutes({ support }),
    jobs: {
      hourly: (now: Date) => oversightRead.rollUpAcrossTenants(now),
      everyMinute: () => aiProblems.tellAdmins(),
    },
    api: { admin, oversightRead, support },
  };
}
