import { type Request, type Response, Router } from 'express';
import { DAY_MS } from '#core/durations.ts';
import { forecastUsage } from '#core/forecast-usage.ts';
import type { Language } from '#core/languages.ts';
import { PLAN_NAMES, PLANS, planAfter, planInForce } from '#core/plans.ts';
import type { UsageService } from '#pipeline/usage.service.ts';
import type { Database } from '#platform/db/database.ts';
import { actorOf } from '#web/actor.ts';
import { flash } from '#web/flash.ts';
import { parseForm } from '#web/form.ts';
import { requires, tenantOf } from '#web/guards.ts';
import { uploadOf } from '#web/upload.ts';
import { ceilingForm } from './cost-ceiling.schema.ts';
import type { CostCeiling } from './cost-ceiling.service.ts';
import type { Payment } from './payment.ts';
import type { KeptRelease } from './release-kept.ts';
import type { SubscriptionRepo } from './subscription.repo.ts';
import { MONTHS, upgradeForm } from './upgrades.schema.ts';
import type { Upgrades } from './upgrades.service.ts';

/** The same time before the end as the first notice (watch-plans). */
const NOTICE_MS = 7 * DAY_MS;

interface Deps {
  database: Pick<Database, 'now'>;
  subscriptions: SubscriptionRepo;
  usage: Pick<UsageService, 'current'>;
  upgrades: Pick<Upgrades, 'latest' | 'ask'>;
  kept: Pick<KeptRelease, 'count'>;
  costCeiling: CostCeiling;
  usdUzs: number;
  payment: Payment;
}

export function plansRoutes({ database, subscriptions, usage, upgrades, kept, costCeiling, usdUzs, payment }: Deps): Router {
  const router = Router();

  async function pageOf(req: Request, res: Response) {
    const { id } = tenantOf(req);
    const now = await database.now();
    const subscription = await subscriptions.find(id);
    const ended = subscription?.endsAt ? subscription.endsAt <= now : false;
    const used = await usage.current(id, now);
    const endsSoon = !ended && subscription?.endsAt ? subscription.endsAt.getTime() - now.getTime() <= NOTICE_MS : false;
    const isRenewal = subscription !== null && subscription.type !== 'FREE' && (ended || endsSoon);
    return {
      subscription,
      ended,
      endsSoon,
      maxBots: planInForce(subscription, now).maxBots,
      usage: used,
      keptCount: await kept.count(id, now),
      forecast: forecastUsage(used, now),
      periods: await subscriptions.periods(id),
      months: await subscriptions.months(id),
      plans: PLAN_NAMES.map((name) => PLANS[name]),
      upgrade: await upgrades.latest(id),
      monthChoices: MONTHS,
      nextPlan: isRenewal ? subscription.type : planAfter(used.plan),
      payment: payment(res.locals['language'] as Language),
      cost: await costCeiling.find(id, now),
      usdUzs,
    };
  }

  router.get('/', async (req, res) => {
    res.render('plans/subscription', await pageOf(req, res));
  });

  router.post('/upgrade', requires('pay'), parseForm(upgradeForm, 'plans/subscription', pageOf), async (req, res) => {
    await upgrades.ask(actorOf(req), res.locals.form, uploadOf(req));
    flash(req, 'success', 'subscription.upgrade.done');
    res.redirect(303, '/subscription');
  });
  router.post('/ceiling', requires('pay'), parseForm(ceilingForm, 'plans/subscription', pageOf), async (req, res) => {
    await costCeiling.set(actorOf(req), res.locals.form.ceiling);
    flash(req, 'success', 'subscription.cost.done');
    res.redirect(303, '/subscription#cost');
  });
  return router;
}
