import { type Request, Router } from 'express';
import { planBanner } from '#core/plan-banner.ts';
import { waitedSince } from '#core/waited.ts';
import { wantsPerson } from '#core/wants-person.ts';
import type { SubscriptionRepo } from '#features/billing/feature.ts';
import type { BotSummaries, BotSummary } from '#features/bots/feature.ts';
import type { UsageService } from '#pipeline/usage.service.ts';
import { eventStream } from '#web/event-stream.ts';
import { memberOf, tenantOf } from '#web/guards.ts';
import type { LiveStreams } from '#web/live-streams.ts';
import type { DashboardNumbers, DashboardRead, WaitingConversation } from './dashboard.read.ts';

interface Deps {
  dashboard: DashboardRead;
  dashboardStreams: LiveStreams;
  summaries: BotSummaries;
  subscriptions: Pick<SubscriptionRepo, 'find'>;
  usage: Pick<UsageService, 'current'>;
  aiConfigured: boolean;
}

export function dashboardRoutes({ dashboard, dashboardStreams, summaries, subscriptions, usage, aiConfigured }: Deps): Router {
  const router = Router();

  /** What changes while one looks: dashboard/live.njk. */
  const liveLocals = async (req: Request, bots: BotSummary[], now: Date) => {
    const { tenant } = memberOf(req);
    // Read first, so that no change is missed.
    const version = (await dashboard.versions([tenant.id])).get(tenant.id);
    // At once: a database far away costs its distance once instead of five times.
    const [waiting, used, subscription, numbers, today] = await Promise.all([
      dashboard.waiting(tenant.id, now),
      usage.current(tenant.id),
      subscriptions.find(tenant.id),
      dashboard.numbers(tenant.id, now, tenant.timeZone),
      dashboard.today(tenant.id, now, tenant.timeZone),
    ]);
    return {
      version,
      numbers,
      today,
      waiting: waiting.map((row) => ({ ...row, question: questionOf(row), waited: waitedSince(row.since, now) })),
      failing: failingConnections(bots),
      usage: used,
      banner: planBanner({ ...used, endsAt: subscription?.endsAt ?? null }, now),
    };
  };

  router.get('/', async (req, res) => {
    const now = new Date();
    const bots = await summaries(tenantOf(req).id);
    const live = await liveLocals(req, bots, now);
    res.render('dashboard/index', { ...live, aiConfigured, bots, steps: firstSteps(bots, live.numbers), now });
  });

  // The changing part of the page, for public/js/dashboard.js.
  router.get('/live', async (req, res) => {
    const bots = await summaries(tenantOf(req).id);
    res.render('dashboard/live', { ...(await liveLocals(req, bots, new Date())), bots });
  });
  router.get(
    '/events',
    eventStream(dashboardStreams, (req) => ({ botId: '', id: tenantOf(req).id })),
  );
  return router;
}

/** The last words that are not only a wish for a person. */
const questionOf = ({ lastTexts }: WaitingConversation): string | undefined =>
  lastTexts.find((text) => !wantsPerson(text)) ?? lastTexts[0];

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
