import type { Notices } from '#features/notices/feature.ts';
import type { UsageService } from '#pipeline/usage.service.ts';
import type { Foundation } from '../../foundation.ts';
import { createCostCeilingRepo } from './cost-ceiling.repo.ts';
import { createCostCeiling } from './cost-ceiling.service.ts';
import { createPayment } from './payment.ts';
import { createPlanChanges } from './plan-changes.ts';
import { createPlanGate } from './plan-gate.ts';
import { createPlanWatchRepo } from './plan-watch.repo.ts';
import { plansRoutes } from './plans.routes.ts';
import { createKeptRelease } from './release-kept.ts';
import { createSubscriptionRepo } from './subscription.repo.ts';
import { createUpgradesRepo } from './upgrades.repo.ts';
import { createUpgrades } from './upgrades.service.ts';
import { createAiDaysWatch } from './watch-ai-days.ts';
import { createPlanWatch } from './watch-plans.ts';

export type { PlanChanges } from './plan-changes.ts';
export type { PlanGate } from './plan-gate.ts';
export type { Period, SubscriptionRepo } from './subscription.repo.ts';
export type { Upgrades } from './upgrades.service.ts';

/** Billing: plans, use and upgrades. Gives the limits of a plan and its changes. */
export function billingFeature(
  { env, database, notifications, audit, origin, logger }: Foundation,
  { notices, usage }: { notices: Notices; usage: UsageService },
) {
  const kept = createKeptRelease({ database });
  const planChanges = createPlanChanges({ database, notifications, kept });
  const subscriptions = createSubscriptionRepo({ database });
  const watchPlans = createPlanWatch({ watch: createPlanWatchRepo({ database }), planChanges, notices, audit, origin, logger });
  const costCeiling = createCostCeiling({
    repo: createCostCeilingRepo({ database, usdUzs: env.USD_UZS }),
    notices,
    audit,
    now: database.now,
    origin,
    logger,
  });
  const watchAiDays = createAiDaysWatch({ database, notices, limit: env.AI_DAILY_LIMIT, logger });
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
    routes: plansRoutes({
      database,
      subscriptions,
      usage,
      upgrades,
      kept,
      costCeiling,
      usdUzs: env.USD_UZS,
      payment: createPayment(env),
    }),
    jobs: {
      async hourly(now: Date): Promise<void> {
        await upgrades.eraseOldReceipts(now);
        await watchPlans.all(now);
      },
      async everyMinute(now: Date): Promise<void> {
        await watchPlans.ends(now);
        await kept.releaseAcrossTenants(now);
        await costCeiling.watchAcrossTenants(now);
        await watchAiDays(now);
      },
    },
    api: { gate: createPlanGate({ database }), planChanges, subscriptions, upgrades },
  };
}

export type BillingApi = ReturnType<typeof billingFeature>['api'];
