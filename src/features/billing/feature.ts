import type { Notices } from '#features/notices/feature.ts';
import type { UsageService } from '#pipeline/usage.service.ts';
import type { Foundation } from '../../foundation.ts';
import { createPlanChanges } from './plan-changes.ts';
import { createPlanGate } from './plan-gate.ts';
import { createPlanWatchRepo } from './plan-watch.repo.ts';
import { plansRoutes } from './plans.routes.ts';
import { createKeptRelease } from './release-kept.ts';
import { createSubscriptionRepo } from './subscription.repo.ts';
import { createUpgradesRepo } from './upgrades.repo.ts';
import { createUpgrades } from './upgrades.service.ts';
import { createPlanWatch } from './watch-plans.ts';

export type { PlanChanges } from './plan-changes.ts';
export type { PlanGate } from './plan-gate.ts';
export type { Period, SubscriptionRepo } from './subscription.repo.ts';
export type { Upgrades } from './upgrades.service.ts';

/** Billing: plans, their ends, use and upgrades. Gives the plan's limits and the changes of a plan. */
export function billingFeature(
  { database, notifications, audit, origin, logger }: Foundation,
  { notices, usage }: { notices: Notices; usage: UsageService },
) {
  const kept = createKeptRelease({ database });
  const planChanges = createPlanChanges({ database, notifications, kept });
  const subscriptions = createSubscriptionRepo({ database });
  const watchPlans = createPlanWatch({ watch: createPlanWatchRepo({ database }), planChanges, notices, audit, origin, logger });
  const upgrades = createUpgrades({
    upgrades: createUpgradesRepo({ database }),
    subscriptions,
    planChanges,
    notices,
    audit,
    now: database.now,
    origin,
  });
  return {
    routes: plansRoutes({ database, subscriptions, usage, upgrades, kept }),
    jobs: {
      /** Tells owners of ends and use; safe at any time. */
      hourly: (now: Date) => watchPlans.all(now),
      /** The end of a plan, and questions that waited for new answers. */
      async everyMinute(now: Date): Promise<void> {
        await watchPlans.ends(now);
        await kept.releaseAcrossTenants(now);
      },
    },
    api: { gate: createPlanGate({ database }), planChanges, subscriptions, upgrades },
  };
}

export type BillingApi = ReturnType<typeof billingFeature>['api'];
