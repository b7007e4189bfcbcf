// The web application: middleware in order, then one table of every mounted router.
import express, { type Express } from 'express';
import { channelGlobals } from '#channels/channels.ts';
import { IMPORT_FILES } from '#features/imports/feature.ts';
import { siteOf } from '#features/pages/feature.ts';
import { createViews, useViews } from '#platform/views.ts';
import { assets } from '#web/assets.ts';
import { errorHandler, notFound } from '#web/error-handler.ts';
import { heavyReads } from '#web/heavy-reads.ts';
import { outerMiddleware, pageMiddleware } from '#web/middleware.ts';
import { readOnlyWhile } from '#web/read-only.ts';
import { requestLog } from '#web/request-log.ts';
import { requestMetrics } from '#web/request-metrics.ts';
import { cutSlowBodies } from '#web/slow-bodies.ts';
import { noticeProxy, trustedProxies } from '#web/trusted-proxies.ts';
import { ONE_FILE, REPLY_FILE } from '#web/upload.ts';
import type { Container } from './container.ts';

const MEMBER_PATHS = ['/dashboard', '/bots', '/conversations', '/subscription', '/account', '/admin'];

const UPLOAD_PATHS = [
  '/subscription/upgrade',
  '/bots/:id/broadcasts',
  '/bots/:id/broadcasts/preview',
  '/bots/:id/broadcasts/test',
  '/bots/:id/broadcasts/:broadcastId/edit',
];

export function createApp(container: Container): Express {
  const { env, database, logger, i18n, sealer, metrics, pipeline, telegram, features } = container;
  const web = {
    database,
    logger,
    i18n,
    passport: features.auth.api.passport,
    sessionSecrets: env.SESSION_SECRETS,
    sealer,
    publicUrl: env.PUBLIC_URL,
    memberPaths: MEMBER_PATHS,
    visitorPaths: ['/register', '/login'],
    rivals: container.rivals,
    uploads: [
      { paths: UPLOAD_PATHS, limits: ONE_FILE },
      { paths: ['/bots/:id/knowledge/import'], limits: IMPORT_FILES },
      { paths: ['/bots/:id/conversations/:conversationId/messages'], limits: REPLY_FILE },
    ],
  };
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', trustedProxies(env.TRUST_PROXY));
  useViews(app, createViews({ fresh: process.execArgv.includes('--watch'), globals: { ...channelGlobals, site: siteOf(env) } }));

  app.use(requestMetrics(metrics.request));
  app.use(noticeProxy(logger, env.TRUST_PROXY));
  app.use(outerMiddleware(web));
  app.use(features.health.routes);
  app.use(readOnlyWhile(container.isReadOnly));
  app.use(container.refusedRequests.watch);
  app.use('/webhooks/telegram', telegram.webhookRoutes);
  app.use('/webhooks', pipeline.webhookRoutes);
  app.use(features.broadcasts.photoRoutes);
  app.use(pipeline.fileRoutes);
  app.use(assets());
  app.use(pageMiddleware(web));
  mountPages(app, container);
  app.use(notFound);
  app.use(errorHandler(logger));
  return app;
}

/** For a process of the role `worker`: operators' routes only. */
export function createProbeApp({ logger, metrics, features }: Container): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(cutSlowBodies, requestLog(logger), requestMetrics(metrics.request));
  app.use(features.health.routes);
  app.use((_req, res) => void res.status(404).type('text').send('This process serves no pages.'));
  return app;
}

function mountPages(app: Express, { features, personReplies, pipeline, answering }: Container): void {
  const { account, activity, analytics, auth, billing, bots, broadcasts, connections, facts } = features;
  const { conversations, corrections, customers, dashboard, desk, imports, inbox, knowledge } = features;
  const { operators, pages, playground, presets, privacy, questions, quality, revisions, team } = features;
  const { loadBot, botPage } = bots.api;

  app.use(pages.routes);
  app.use(auth.routes);
  app.use(account.publicRoutes);
  app.use(team.publicRoutes);

  const members = express.Router();
  members.use(heavyReads());
  members.use(conversations.waitingCount);
  members.use(questions.openCount);
  members.use('/dashboard', dashboard.routes);
  members.use('/bots', revisions.countSaves, bots.routes);
  members.use('/bots', connections.routes({ loadBot, botPage, confirmed: auth.api.confirmation.confirmed }));
  // Before the entries, whose ids stand in the same place.
  members.use('/bots', imports.routes);
  members.use('/bots', knowledge.routes({ loadBot, factsOf: facts.api.find }));
  members.use(
    '/bots',
    facts.routes({ loadBot, sentence: answering.sentence, contradicting: knowledge.api.notesOfFacts }),
    presets.routes,
  );
  members.use('/bots', playground.routes);
  members.use('/bots', questions.routes, ...quality.routes, revisions.routes);
  members.use('/bots', conversations.botRoutes({ ...inbox.forThread, loadBot, personReplies, replyFiles: pipeline.replyFiles }));
  members.use('/bots', inbox.botRoutes, customers.botRoutes);
  members.use('/bots', corrections.routes);
  members.use('/bots', broadcasts.routes);
  members.use('/bots', analytics.routes);
  members.use('/conversations', inbox.routes, inbox.replyRoutes);
  members.use('/conversations', conversations.routes);
  members.use('/subscription', billing.routes);
  members.use('/bots', privacy.botRoutes);
  members.use('/account/telegram', desk.routes);
  members.use('/account', team.routes);
  members.use('/account', auth.accountRoutes);
  members.use('/account', account.routes);
  members.use('/account', privacy.routes);
  members.use('/account', operators.accountRoutes);
  members.use('/account', activity.routes);
  members.use('/admin', operators.routes);
  app.use(members);
}
