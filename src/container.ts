// The composition root: the foundation, then the parts in the order they stand on each other.
import { createAnswering } from '#answering/answering.ts';
import { createTelegramReceiving } from '#channels/telegram/receiving.ts';
import { accountFeature } from '#features/account/feature.ts';
import { activityFeature } from '#features/activity/feature.ts';
import { analyticsFeature } from '#features/analytics/feature.ts';
import { authFeature } from '#features/auth/feature.ts';
import { billingFeature } from '#features/billing/feature.ts';
import { botsFeature } from '#features/bots/feature.ts';
import { broadcastsFeature, createBroadcastReceipts } from '#features/broadcasts/feature.ts';
import { connectionsFeature } from '#features/connections/feature.ts';
import { conversationsFeature } from '#features/conversations/feature.ts';
import { dashboardFeature } from '#features/dashboard/feature.ts';
import { healthFeature } from '#features/health/feature.ts';
import { knowledgeFeature } from '#features/knowledge/feature.ts';
import { noticesFeature } from '#features/notices/feature.ts';
import { operatorsFeature } from '#features/operators/feature.ts';
import { pagesFeature } from '#features/pages/feature.ts';
import { playgroundFeature } from '#features/playground/feature.ts';
import { privacyFeature } from '#features/privacy/feature.ts';
import { createPipeline, createUsage } from '#pipeline/pipeline.ts';
import { freeBytes } from '#platform/embedded/embedded-database.ts';
import { createFoundation, type FoundationInput } from './foundation.ts';
import { createHousekeeping } from './process/housekeeping.ts';
import { createWorker } from './process/worker.ts';

/** Builds every part of the product; starts nothing. */
export async function createContainer(input: FoundationInput) {
  const foundation = await createFoundation(input);
  const { database, logger, queue, waitingMails } = foundation;

  const usage = createUsage(foundation);
  const activity = activityFeature(foundation);
  const notices = noticesFeature(foundation);
  const auth = authFeature(foundation);
  const account = accountFeature(foundation, { auth: auth.api });
  const billing = billingFeature(foundation, { notices: notices.api, usage });
  const knowledge = knowledgeFeature(foundation);
  const answering = createAnswering(foundation, knowledge.api);
  const pipeline = createPipeline(foundation, {
    answering,
    usage,
    notices: notices.api,
    applyToBroadcasts: createBroadcastReceipts({ database }),
  });
  const connections = connectionsFeature(foundation, { notices: notices.api, gate: billing.api.gate });
  const telegram = createTelegramReceiving(foundation, {
    store: connections.api.pollingStore,
    receive: pipeline.receiveFrom('telegram'),
    refused: pipeline.refusals.refused,
    connectionFailed: notices.api.connectionFailed,
  });
  const bots = botsFeature(foundation, { connections: connections.api });
  const { loadBot } = bots.api;
  const conversations = conversationsFeature(foundation);
  const playground = playgroundFeature(foundation, { answering, usage, loadBot });
  const broadcasts = broadcastsFeature(foundation, { sentence: answering.sentence, loadBot });
  const analytics = analyticsFeature(foundation, { knowledge: knowledge.api, loadBot });
  const privacy = privacyFeature(foundation, { loadBot });
  const { aiConfigured } = answering;
  const dashboard = dashboardFeature(foundation, { summaries: bots.api.summaries, usage, aiConfigured });
  const operators = operatorsFeature(foundation, {
    activity: activity.api,
    billing: billing.api,
    conversations: conversations.api,
    aiConfigured,
  });
  const pages = pagesFeature(foundation);
  const health = healthFeature(foundation, {
    pollers: () => telegram.botManager.running().length,
    freeBytes: input.opened.embedded && (() => freeBytes(input.env.DATA_DIR)),
  });

  const removeOld = createHousekeeping({ database });
  const jobs = {
    /** What the scheduled job does for all tenants. A given moment replaces the database's, for tests. */
    async hourly(given?: Date): Promise<void> {
      await removeOld();
      await connections.jobs.hourly();
      const now = given ?? (await database.now());
      for (const feature of [operators, analytics, billing, privacy]) await feature.jobs.hourly(now);
    },
    async everyMinute(given?: Date): Promise<void> {
      await billing.jobs.everyMinute(given ?? (await database.now()));
      await connections.jobs.everyMinute(given ?? new Date());
    },
  };
  const worker = createWorker({
    queue,
    replies: pipeline.worker,
    handlers: { mail: waitingMails.send, housekeeping: () => jobs.hourly(), connections: () => jobs.everyMinute() },
    logger,
  });

  return {
    ...foundation,
    usage,
    answering,
    pipeline,
    telegram,
    worker,
    jobs,
    features: {
      account,
      activity,
      analytics,
      auth,
      billing,
      bots,
      broadcasts,
      connections,
      conversations,
      dashboard,
      health,
      knowledge,
      operators,
      pages,
      playground,
      privacy,
    },
  };
}

export type Container = Awaited<ReturnType<typeof createContainer>>;
