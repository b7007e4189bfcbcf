// The web application: middleware in order, then one table of every mounted router.
import express, { type Express } from 'express';
import { channelGlobals } from '#channels/channels.ts';
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
  const { env, database, logger, i18n, metrics, pipeline, telegram, features } = container;
  const web = {
    database,
    logger,
    i18n,
    passport: features.auth.api.passport,
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
  app.use(features.health.routes);
  app.use(readOnlyWhile(container.isReadOnly));
  app.use('/webhooks/telegram', telegram.webhookRoutes);
  app.use('/webhooks', pipeline.webhookRoutes);
  app.use(features.broadcasts.photoRoutes);
  app.use(assets());
  app.use(pageMiddleware(web));
  mountPages(app, container);
  app.use(notFound);
  app.use(errorHandler(logger));
  return app;
}

/** What a process of the role `worker` serves: to operators only, no page and no webhook. */
export function createProbeApp({ logger, metrics, features }: Container): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(requestLog(logger), requestMetrics(metrics.request));
  app.use(features.health.routes);
  app.use((_req, res) => void res.status(404).type('text').send('This process serves no pages.'));
  return app;
}

/** Every page of the product. */
function mountPages(app: Express, { features, pipeline }: Container): void {
  const { account, activity, analytics, auth, billing, bots, broadcasts, connections } = features;
  const { conversations, dashboard, knowledge, operators, pages, playground, privacy } = features;
  const { loadBot, botPage } = bots.api;
  const personReplies = pipeline.staffReplies(conversations.api.conversations.windowOf);

  app.use(pages.routes);
  app.use(auth.routes);

  const members = express.Router();
  members.use(conversations.waitingCount);
  members.use('/dashboard', dashboard.routes);
  members.use('/bots', bots.routes);
  members.use('/bots', connections.routes({ loadBot, botPage }));
  members.use('/bots', knowledge.routes({ loadBot }));
  members.use('/bots', playground.routes);
  members.use('/bots', conversations.botRoutes({ loadBot, personReplies }));
  members.use('/bots', broadcasts.routes);
  members.use('/bots', analytics.routes);
  members.use('/conversations', conversations.routes);
  members.use('/subscription', billing.routes);
  members.use('/bots', privacy.botRoutes);
  members.use('/account', account.routes);
  members.use('/account', privacy.routes);
  members.use('/account', operators.accountRoutes);
  members.use('/account', activity.routes);
  members.use('/admin', operators.routes);
  app.use(members);
}
