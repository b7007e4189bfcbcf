import { Router } from 'express';
import { forecastUsage } from '#core/forecast-usage.ts';
import { PLAN_NAMES, PLANS } from '#core/plans.ts';
import { tenantOf } from '#web/guards.ts';
import type { UsageService } from '../usage/usage.service.ts';
import type { SubscriptionRepo } from './subscription.repo.ts';

/** As long before the end as the first letter (watch-plans). */
const NOTICE_MS = 7 * 86_400_000;

interface Deps {
  subscriptions: SubscriptionRepo;
  usage: Pick<UsageService, 'current'>;
}

/** /subscription: the plan, what of it is used, and what else there is. Mounted behind requireMember in src/app.ts. */
export function plansRoutes({ subscriptions, usage }: Deps): Router {
  const router = Router();
  router.get('/', async (req, res) => {
    const { id } = tenantOf(req);
    const now = new Date();
    const subscription = await subscriptions.find(id);
    const ended = subscription?.endsAt ? subscription.endsAt <= now : false;
    const used = await usage.current(id, now);
    res.render('plans/subscription', {
      subscription,
      ended,
      endsSoon: !ended && subscription?.endsAt ? subscription.endsAt.getTime() - now.getTime() <= NOTICE_MS : false,
      forecast: forecastUsage(used, now),
      periods: await subscriptions.periods(id),
      months: await subscriptions.months(id),
      maxBots: ended || !subscription ? PLANS.FREE.maxBots : subscription.maxBots,
      usage: used,
      plans: PLAN_NAMES.map((name) => PLANS[name]),
    });
  });
  return router;
}
