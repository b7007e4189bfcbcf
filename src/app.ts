// The web application: middleware in order, then one table of every mounted router.
import express, { type Express } from 'express';
import { CHANNEL_KINDS, channelGlobals } from '#channels/channels.ts';
import { telegramWebhook } from '#channels/telegram/webhook/telegram.webhook.ts';
import { accountRoutes } from '#features/account/account.routes.ts';
import { ownTrailRoutes } from '#features/activity/own-trail.routes.ts';
import { analyticsRoutes } from '#features/analytics/analytics.routes.ts';
import { authRoutes } from '#features/auth/auth.routes.ts';
import { passwordResetRoutes } from '#features/auth/password-resets.routes.ts';
import { plansRoutes } from '#features/billing/plans.routes.ts';
import { botsRoutes } from '#features/bots/bots.routes.ts';
import { broadcastsRoutes } from '#features/broadcasts/broadcasts.routes.ts';
import { publicPhotos } from '#features/broadcasts/public-photos.routes.ts';
import { connectionsRoutes } from '#features/connections/connections.routes.ts';
import { botConversationsRoutes, conversationsRoutes } from '#features/conversations/conversations.routes.ts';
import { waitingCount } from '#features/conversations/waiting-count.ts';
import { dashboardRoutes } from '#features/dashboard/dashboard.routes.ts';
import { healthRoutes } from '#features/health/health.routes.ts';
import { metricsRoutes } from '#features/health/metrics.routes.ts';
import { knowledgeRoutes } from '#features/knowledge/knowledge.routes.ts';
import { adminRoutes } from '#features/operators/admin.routes.ts';
import { supportRoutes } from '#features/operators/support.routes.ts';
import { pagesRoutes } from '#features/pages/pages.routes.ts';
import { playgroundRoutes } from '#features/playground/playground.routes.ts';
import { exportRoutes, rightsRoutes } from '#features/privacy/rights.routes.ts';
import { webhooksRoutes } from '#pipeline/webhooks.routes.ts';
import { createViews, useViews } from '#platform/views.ts';
import { assets } from '#web/assets.ts';
import { errorHandler, notFound } from '#web/error-handler.ts';
import { outerMiddleware, pageMiddleware } from '#web/middleware.ts';
import { readOnlyWhile } from '#web/read-only.ts';
import { requestLog } from '#web/request-log.ts';
import { requestMetrics } from '#web/request-metrics.ts';
import type { Container } from './container.ts';

/** For signed-in people, with all below them. */
const MEMBER_PATHS = ['/dashboard', '/bots', '/conversations', '/subscription', '/account', '/admin'];

/** Their forms may bring a file. */
const UPLOAD_PATHS = [
  '/subscription/upgrade',
  '/bots/:id/broadcasts',
  '/bots/:id/broadcasts/preview',
  '/bots/:id/broadcasts/test',
  '/bots/:id/broadcasts/:broadcastId/edit',
];

/** Builds the Express app over the container's parts; listens to nothing. */
export function createApp(container: Container): Express {
  const { env, database, logger, i18n, passport, metrics } = container;
  const web = {
    database,
    logger,
    i18n,
    passport,
    sessionSecret: env.SESSION_SECRET,
    publicUrl: env.PUBLIC_URL,
    memberPaths: MEMBER_PATHS,
    uploadPaths: UPLOAD_PATHS,
  };
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', env.TRUST_PROXY);
  useViews(app, createViews({ fresh: process.execArgv.includes('--watch'), globals: channelGlobals }));

  app.use(requestMetrics(metrics.request));
  app.use(outerMiddleware(web));
  app.use(healthRoutes(database));
  app.use(metricsRoutes({ token: env.METRICS_TOKEN, metrics }));
  app.use(readOnlyWhile(container.isReadOnly));
  app.use('/webhooks/telegram', telegramWebhook(container.telegramWebhook));
  app.use('/webhooks', webhooksRoutes(container.webhooks));
  app.use(publicPhotos(container));
  app.use(assets());
  app.use(pageMiddleware(web));
  mountPages(app, container);
  app.use(notFound);
  app.use(errorHandler(logger));
  return app;
}

/** What a process of the role `worker` serves: to operators only, no page and no webhook. */
export function createProbeApp({ env, database, logger, metrics }: Container): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(requestLog(logger), requestMetrics(metrics.request));
  app.use(healthRoutes(database));
  app.use(metricsRoutes({ token: env.METRICS_TOKEN, metrics }));
  app.use((_req, res) => void res.status(404).type('text').send('This process serves no pages.'));
  return app;
}

/** Every page of the product. */
function mountPages(app: Express, container: Container): void {
  const { env, languages, channels } = container;
  const readyChannels = CHANNEL_KINDS.filter((kind) => channels[kind]);

  app.use(pagesRoutes({ saveLanguage: languages.saveAcrossTenants, readyChannels, publicUrl: env.PUBLIC_URL }));
  app.use(authRoutes(container));
  app.use(passwordResetRoutes({ resets: container.resets, requests: container.resetRequests }));

  const members = express.Router();
  members.use(waitingCount(container));
  members.use('/dashboard', dashboardRoutes(container));
  members.use('/bots', botsRoutes(container));
  members.use('/bots', connectionsRoutes(container));
  members.use('/bots', knowledgeRoutes(container));
  members.use('/bots', playgroundRoutes(container));
  members.use('/bots', botConversationsRoutes(container));
  members.use('/bots', broadcastsRoutes(container));
  members.use('/bots', analyticsRoutes(container));
  members.use('/conversations', conversationsRoutes(container));
  members.use('/subscription', plansRoutes(container));
  members.use('/bots', rightsRoutes(container));
  members.use('/account', accountRoutes(container));
  members.use('/account', exportRoutes(container));
  members.use('/account', supportRoutes(container));
  members.use('/account', ownTrailRoutes(container));
  members.use('/admin', adminRoutes(container));
  app.use(members);
}
