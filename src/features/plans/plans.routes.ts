import { Router } from 'express';
import { PLAN_NAMES, PLANS } from '#core/plans.ts';
import { tenantOf } from '#web/guards.ts';
import type { UsageService } from '../usage/usage.service.ts';
import type { SubscriptionRepo } from './subscription.repo.ts';

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
    res.render('plans/subscription', {
      subscription,
      ended,
      maxBots: ended || !subscription ? PLANS.FREE.maxBots : subscription.maxBots,
      usage: await usage.current(id, now),
      plans: PLAN_NAMES.map((name) => PLANS[name]),
    });
  });
  return router;
}
