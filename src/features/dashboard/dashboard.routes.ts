import { Router } from 'express';
import type { BotSummaries, BotSummary } from '#features/bots/feature.ts';
import type { UsageService } from '#pipeline/usage.service.ts';
import { memberOf } from '#web/guards.ts';
import type { DashboardNumbers, DashboardRead } from './dashboard.read.ts';

interface Deps {
  dashboard: DashboardRead;
  summaries: BotSummaries;
  usage: Pick<UsageService, 'current'>;
  aiConfigured: boolean;
}

export function dashboardRoutes({ dashboard, summaries, usage, aiConfigured }: Deps): Router {
  const router = Router();
  router.get('/', async (req, res) => {
    const { tenant } = memberOf(req);
    const now = new Date();
    const bots = await summaries(tenant.id);
    const numbers = await dashboard.numbers(tenant.id, now, tenant.timeZone);
    res.render('dashboard/index', {
      aiConfigured,
      bots,
      numbers,
      waiting: await dashboard.waiting(tenant.id, now),
      failing: failingConnections(bots),
      usage: await usage.current(tenant.id),
      steps: firstSteps(bots, numbers),
      now,
    });
  });
  return router;
}

const failingConnections = (bots: BotSummary[]) =>
  bots.flatMap((bot) => bot.connections.filter(({ state }) => state === 'FAILED').map((connection) => ({ bot, connection })));

/** In order; none once a customer was answered. */
export function firstSteps(bots: BotSummary[], numbers: DashboardNumbers) {
  const [bot] = bots;
  const at = (part: string): string => (bot ? `/bots/${bot.id}${part}` : '/bots/new');
  const steps = [
    { key: 'bot', done: bot !== undefined, href: '/bots/new' },
    { key: 'knowledge', done: numbers.hasKnowledge, href: at('/knowledge') },
    { key: 'playground', done: numbers.triedInPlayground, href: at('/playground') },
    { key: 'channel', done: bots.some(({ connections }) => connections.length > 0), href: at('#connect') },
    { key: 'customer', done: numbers.firstCustomerAnswered, href: at('') },
  ];
  return numbers.firstCustomerAnswered ? [] : steps;
}
