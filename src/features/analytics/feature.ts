import type { RequestParamHandler } from 'express';
import type { KnowledgeApi } from '#features/knowledge/feature.ts';
import type { Foundation } from '../../foundation.ts';
import { createAnalyticsRead } from './analytics.read.ts';
import { analyticsRoutes } from './analytics.routes.ts';
import { createAnalytics } from './analytics.service.ts';
import { createBotDaysRepo } from './bot-days.repo.ts';

/** Analytics: a bot's days in numbers, and the questions it could not answer. */
export function analyticsFeature(
  { env, database, audit }: Foundation,
  { knowledge: { search, versionOf }, loadBot }: { knowledge: KnowledgeApi; loadBot: RequestParamHandler },
) {
  const analytics = createAnalytics({ read: createAnalyticsRead({ database }), search, versionOf, audit });
  const botDays = createBotDaysRepo({ database });
  return {
    routes: analyticsRoutes({ analytics, loadBot, usdUzs: env.USD_UZS }),
    jobs: { hourly: (now: Date) => botDays.rollUpAcrossTenants(now) },
    api: { analytics, botDays },
  };
}
