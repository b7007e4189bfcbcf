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
import { createFoundation, type Foundation, type FoundationInput } from './foundation.ts';
import { createHousekeeping } from './process/housekeeping.ts';
import { createWorker } from './process/worker.ts';

/** Builds every part of the product; starts nothing. */
export async function createContainer(input: FoundationInput) {
  const foundation = await createFoundation(input);
  const path = composeMessagePath(foundation);
  const features = composeFeatures(foundation, path, input);
  const jobs = composeJobs(foundation, features);
  const { usage, answering, pipeline, telegram } = path;
  const worker = createWorker({
    queue: foundation.queue,
    replies: pipeline.worker,
    handlers: {
      mail: foundation.waitingMails.send,
      housekeeping: () => jobs.hourly(),
      connections: () => jobs.everyMinute(),
    },
    logger: foundation.logger,
  });
  return { ...foundation, usage, answering, pipeline, telegram, worker, jobs, features };
}

export type Container = Awaited<ReturnType<typeof createContainer>>;

/** From a channel to the answer, with the features it stands on. */
function composeMessagePath(foundation: Foundation) {
  const usage = createUsage(foundation);
  const notices = noticesFeature(foundation).api;
  const billing = billingFeature(foundation, { notices, usage });
  const knowledge = knowledgeFeature(foundation);
  const answering = createAnswering(foundation, knowledge.api);
  const applyToBroadcasts = createBroadcastReceipts(foundation);
  const pipeline = createPipeline(foundation, { answering, usage, notices, applyToBroadcasts });
  const connections = connectionsFeature(foundation, { notices, gate: billing.api.gate });
  const telegram = createTelegramReceiving(foundation, {
    store: connections.api.pollingStore,
    receive: pipeline.receiveFrom('telegram'),
    refused: pipeline.refusals.refused,
    connectionFailed: notices.connectionFailed,
  });
  return { usage, billing, knowledge, answering, pipeline, connections, telegram };
}

type MessagePath = ReturnType<typeof composeMessagePath>;

/** What people see, in the order the features stand on each other. */
function composeFeatures(foundation: Foundation, path: MessagePath, { opened, env }: FoundationInput) {
  const { usage, billing, knowledge, answering, connections, telegram } = path;
  const { aiConfigured, sentence } = answering;
  const activity = activityFeature(foundation);
  const auth = authFeature(foundation);
  const account = accountFeature(foundation, { auth: auth.api });
  const bots = botsFeature(foundation, { connections: connections.api });
  const { loadBot, summaries } = bots.api;
  const conversations = conversationsFeature(foundation);
  const playground = playgroundFeature(foundation, { answering, usage, loadBot });
  const broadcasts = broadcastsFeature(foundation, { sentence, loadBot });
  const analytics = analyticsFeature(foundation, { knowledge: knowledge.api, loadBot });
  const privacy = privacyFeature(foundation, { loadBot });
  const dashboard = dashboardFeature(foundation, { summaries, usage, aiConfigured });
  const operators = operatorsFeature(foundation, {
    activity: activity.api,
    billing: billing.api,
    conversations: conversations.api,
    aiConfigured,
  });
  const pages = pagesFeature(foundation);
  const health = healthFeature(foundation, {
    pollers: () => telegram.botManager.running().length,
    freeBytes: opened.embedded && (() => freeBytes(env.DATA_DIR)),
  });
  const signedOut = { pages, auth, health };
  const ofBots = { bots, connections, knowledge, playground, conversations, broadcasts, analytics, privacy };
  return { ...signedOut, ...ofBots, account, activity, billing, dashboard, operators };
}

/** What runs by the clock for all tenants. A given moment replaces the database's, for tests. */
function composeJobs({ database }: Foundation, features: ReturnType<typeof composeFeatures>) {
  const { analytics, billing, connections, operators, privacy } = features;
  const removeOld = createHousekeeping({ database });
  return {
    async hourly(given?: Date): Promise<void> {
      await removeOld();
      await connections.jobs.hourly();
      const now = given ?? (await database.now());
      for (const { jobs } of [operators, analytics, billing, privacy]) await jobs.hourly(now);
    },
    async everyMinute(given?: Date): Promise<void> {
      await billing.jobs.everyMinute(given ?? (await database.now()));
      await connections.jobs.everyMinute(given ?? new Date());
    },
  };
}
