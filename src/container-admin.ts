// Composition: the installation's own oversight.
import type { Response } from 'express';
import { createSpokenTrail, searched } from '#features/activity/spoken-trail.ts';
import { createTrailNamesRead } from '#features/activity/trail-names.read.ts';
import { createBotDaysRepo } from '#features/analytics/bot-days.repo.ts';
import { createPlanChanges } from '#features/billing/change-plan.ts';
import { createPlanWatchRepo } from '#features/billing/plan-watch.repo.ts';
import { createKeptRelease } from '#features/billing/release-kept.ts';
import { createSubscriptionRepo } from '#features/billing/subscription.repo.ts';
import { createUpgradesRepo } from '#features/billing/upgrades.repo.ts';
import { createUpgrades } from '#features/billing/upgrades.service.ts';
import { createPlanWatch } from '#features/billing/watch-plans.ts';
import type { Notices } from '#features/notices/notices.service.ts';
import { createAdminService } from '#features/operators/admin.service.ts';
import { createAdminsRepo } from '#features/operators/admins.repo.ts';
import { sendTrail } from '#features/operators/audit-export.ts';
import { createAuditTrailRead, type TrailFilter } from '#features/operators/audit-trail.read.ts';
import { createAdminBotsRead } from '#features/operators/bots.read.ts';
import { createOversightRead } from '#features/operators/oversight.read.ts';
import { createOversight } from '#features/operators/oversight.ts';
import { createPeopleRead } from '#features/operators/people.read.ts';
import { createSupport } from '#features/operators/support.service.ts';
import { createSupportGrantsRepo } from '#features/operators/support-grants.repo.ts';
import { createSuspensionsRepo } from '#features/operators/suspensions.repo.ts';
import { createErasureRepo } from '#features/privacy/erasure.repo.ts';
import { createExportRead } from '#features/privacy/export.read.ts';
import { createRights } from '#features/privacy/rights.service.ts';
import { hasReplyJobSql, queueReplyJobsSql } from '#pipeline/reply-jobs.ts';
import type { Foundation } from './container.ts';

export function composeAdmin(
  { env, database, notifications, audit, limits, logger }: Foundation,
  { notices }: { notices: Notices },
) {
  const oversightRead = createOversightRead({ database });
  const people = createPeopleRead({ database });
  const kept = createKeptRelease({ database, queueReplyJobsSql, hasReplyJobSql });
  const planChanges = createPlanChanges({ database, notifications, kept });
  const origin = env.PUBLIC_URL ?? `http://localhost:${env.PORT}`;
  const watch = createPlanWatchRepo({ database });
  const watchPlans = createPlanWatch({ watch, planChanges, notices, audit, origin, logger });
  const trail = createAuditTrailRead({ database });
  const erasure = createErasureRepo({ database });
  const botDays = createBotDaysRepo({ database });
  return {
    rights: createRights({ erasure, audit }),
    exportRead: createExportRead({ database }),
    exports: limits.limiter('export', { points: 5, durationSeconds: 3_600 }),
    watchPlans,
    upgrades: createUpgrades({
      upgrades: createUpgradesRepo({ database }),
      subscriptions: createSubscriptionRepo({ database }),
      planChanges,
      notices,
      audit,
      now: database.now,
      origin,
    }),
    /** What the scheduled job does for all tenants. A moment that is given replaces the database's, for tests. */
    async overseeAll(given?: Date): Promise<void> {
      const now = given ?? (await database.now());
      await oversightRead.rollUpAcrossTenants(now);
      await botDays.rollUpAcrossTenants(now);
      await watchPlans.all(now);
      await erasure.removeOldAcrossTenants(now);
    },
    /** What must not wait for it: the end of a plan, and answers there are again. */
    async overseeEachMinute(given?: Date): Promise<void> {
      const now = given ?? (await database.now());
      await watchPlans.ends(now);
      await kept.releaseAcrossTenants(now);
    },
    botDays,
    kept,
    people,
    planChanges,
    oversightRead,
    oversight: createOversight({ read: oversightRead }),
    adminBots: createAdminBotsRead({ database }),
    support: createSupport({ grants: createSupportGrantsRepo({ database }), audit }),
    spokenTrail: createSpokenTrail({ trail, names: createTrailNamesRead({ database }) }),
    sendTrail: (filter: Omit<TrailFilter, 'before'>, res: Response) =>
      sendTrail(trail, searched(filter, { t: res.locals['t'] }), res),
    admin: createAdminService({
      people,
      admins: createAdminsRepo(database),
      suspensions: createSuspensionsRepo({ database }),
      planChanges,
      notifications,
      audit,
      now: database.now,
    }),
  };
}
