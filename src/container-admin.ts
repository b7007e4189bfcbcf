// Composition: the installation's own oversight.
import { createAdminService } from '#features/admin/admin.service.ts';
import { createAdminsRepo } from '#features/admin/admins.repo.ts';
import { createAuditTrailRead } from '#features/admin/audit-trail.read.ts';
import { createAdminBotsRead } from '#features/admin/bots.read.ts';
import { createOversightRead } from '#features/admin/oversight.read.ts';
import { createOversight } from '#features/admin/oversight.ts';
import { createPeopleRead } from '#features/admin/people.read.ts';
import { createSuspensionsRepo } from '#features/admin/suspensions.repo.ts';
import { createPlanChanges } from '#features/plans/change-plan.ts';
import type { Foundation } from './container.ts';

export function composeAdmin({ database, notifications, audit }: Foundation) {
  const oversightRead = createOversightRead({ database });
  const people = createPeopleRead({ database });
  const planChanges = createPlanChanges({ database, notifications });
  return {
    people,
    planChanges,
    oversightRead,
    oversight: createOversight({ read: oversightRead }),
    adminBots: createAdminBotsRead({ database }),
    trail: createAuditTrailRead({ database }),
    admin: createAdminService({
      people,
      admins: createAdminsRepo(database),
      suspensions: createSuspensionsRepo({ database }),
      planChanges,
      notifications,
      audit,
    }),
  };
}
