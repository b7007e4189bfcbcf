import { type Request, Router } from 'express';
import { forecastUsage } from '#core/forecast-usage.ts';
import { PLAN_NAMES, PLANS } from '#core/plans.ts';
import type { UsageService } from '#pipeline/usage.service.ts';
import type { Database } from '#platform/db/database.ts';
import { actorOf } from '#web/actor.ts';
import { flash } from '#web/flash.ts';
import { parseForm } from '#web/form.ts';
import { requireOwner, tenantOf } from '#web/guards.ts';
import { uploadOf } from '#web/upload.ts';
import type { KeptRelease } from './release-kept.ts';
import type { SubscriptionRepo } from './subscription.repo.ts';
import { MONTHS, upgradeForm } from './upgrades.schema.ts';
import type { Upgrades } from './upgrades.service.ts';

/** As long before the end as the first letter (watch-plans). */
const NOTICE_MS = 7 * 86_400_000;

interface Deps {
  database: Pick<Database, 'now'>;
  subscriptions: SubscriptionRepo;
  usage: Pick<UsageService, 'current'>;
  upgrades: Pick<Upgrades, 'latest' | 'ask'>;
  kept: Pick<KeptRelease, 'count'>;
}

/** /subscription: the plan, what of it is used, what else there is, and asking for it. Mounted behind requireMember in src/app.ts. */
export function plansRoutes({ database, subscriptions, usage, upgrades, kept }: Deps): Router {
  const router = Router();

  async function pageOf(req: Request) {
    const { id } = tenantOf(req);
    const now = await database.now();
    const subscription = await subscriptions.find(id);
    const ended = subscription?.endsAt ? subscription.endsAt <= now : false;
    const used = await usage.current(id, now);
    return {
      subscription,
      ended,
      endsSoon: !ended && subscription?.endsAt ? subscription.endsAt.getTime() - now.getTime() <= NOTICE_MS : false,
      maxBots: ended || !subscription ? PLANS.FREE.maxBots : subscription.maxBots,
      usage: used,
      keptCount: await kept.count(id, now),
      forecast: forecastUsage(used, now),
      periods: await subscriptions.periods(id),
      months: await subscriptions.months(id),
      plans: PLAN_NAMES.map((name) => PLANS[name]),
      upgrade: await upgrades.latest(id),
      monthChoices: MONTHS,
    };
  }

  router.get('/', async (req, res) => {
    res.render('plans/subscription', await pageOf(req));
  });

  router.post('/upgrade', requireOwner, parseForm(upgradeForm, 'plans/subscription', pageOf), async (req, res) => {
    await upgrades.ask(actorOf(req), res.locals.form, uploadOf(req));
    flash(req, 'success', 'subscription.upgrade.done');
    res.redirect(303, '/subscription');
  });
  return router;
}
