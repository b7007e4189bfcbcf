import type { BotSummaries } from '#features/bots/feature.ts';
import type { UsageService } from '#pipeline/usage.service.ts';
import type { Foundation } from '../../foundation.ts';
import { createDashboardRead } from './dashboard.read.ts';
import { dashboardRoutes } from './dashboard.routes.ts';

export function dashboardFeature(
  { database }: Foundation,
  deps: { summaries: BotSummaries; usage: UsageService; aiConfigured: boolean },
) {
  const dashboard = createDashboardRead({ database });
  return { routes: dashboardRoutes({ ...deps, dashboard }), api: { dashboard } };
}
