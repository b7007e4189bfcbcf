import type { SubscriptionRepo } from '#features/billing/feature.ts';
import type { BotSummaries } from '#features/bots/feature.ts';
import type { UsageService } from '#pipeline/usage.service.ts';
import { createLiveStreams } from '#web/live-streams.ts';
import type { Foundation } from '../../foundation.ts';
import { createDashboardRead } from './dashboard.read.ts';
import { dashboardRoutes } from './dashboard.routes.ts';

interface Needs {
  summaries: BotSummaries;
  subscriptions: SubscriptionRepo;
  usage: UsageService;
  aiConfigured: boolean;
}

const STREAM_TURN_MS = 4_000;

/** What needs the staff now, today's figures, and the plan's end. */
export function dashboardFeature({ database, streams }: Foundation, needs: Needs) {
  const dashboard = createDashboardRead({ database });
  const dashboardStreams = createLiveStreams({
    ...streams,
    turnMs: STREAM_TURN_MS,
    slowestTurns: 1,
    async look(watched) {
      const found = await dashboard.versions(watched.map(({ id }) => id));
      return watched.map(({ id }) => (found.has(id) ? { id: found.get(id) as string } : null));
    },
  });
  return { routes: dashboardRoutes({ ...needs, dashboard, dashboardStreams }), streams: dashboardStreams, api: { dashboard } };
}
