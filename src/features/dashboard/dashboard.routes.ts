import { Router } from 'express';
import type { BotSummaries, BotSummary } from '#features/bots/feature.ts';
import type { UsageService } from '#pipeline/usage.service.ts';
import { memberOf } from '#web/guards.ts';
import type { DashboardNumbers, DashboardRead } from './dashboard.read.ts';

interface Deps {
  dashboard: DashboardRead;
  summaries: BotSummaries;
  usage: Pick<UsageService, 'current'>;
  /** Whether an AI is set up on this installation. */
  aiConfigured: boolean;
}

/** /dashboard: what needs me now, then health, numbers, first steps. Mounted behind requireMember in src/app.ts. */
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

/** Connections that need the owner, each with its bot. */
const failingConnections = (bots: BotSummary[]) =>
  bots.flatMap((bot) => bot.connections.filter(({ state }) => state === 'FAILED').map((connection) => ({ bot, connection })));

/** The first steps in order, each with where to take it; nothing once all are done. */
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
  return steps.every(({ done }) => done) ? [] : steps;
}
