// The composition root: the foundation, then the parts in the order of their dependencies.
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
import { correctionsFeature } from '#features/corrections/feature.ts';
import { customersFeature } from '#features/customers/feature.ts';
import { dashboardFeature } from '#features/dashboard/feature.ts';
import { createDeskNotices, type DeskFeature, deskFeature } from '#features/desk/feature.ts';
import { factsFeature } from '#features/facts/feature.ts';
import { healthFeature } from '#features/health/feature.ts';
import { importsFeature } from '#features/imports/feature.ts';
import { inboxFeature } from '#features/inbox/feature.ts';
import { knowledgeFeature } from '#features/knowledge/feature.ts';
import { noticesFeature } from '#features/notices/feature.ts';
import { operatorsFeature } from '#features/operators/feature.ts';
import { pagesFeature } from '#features/pages/feature.ts';
import { playgroundFeature } from '#features/playground/feature.ts';
import { presetsFeature } from '#features/presets/feature.ts';
import { privacyFeature } from '#features/privacy/feature.ts';
import { qualityFeature } from '#features/quality/feature.ts';
import { questionsFeature } from '#features/questions/feature.ts';
import { revisionsFeature } from '#features/revisions/feature.ts';
import { teamFeature } from '#features/team/feature.ts';
import { createPipeline, createUsage } from '#pipeline/pipeline.ts';
import { freeBytes } from '#platform/embedded/embedded-database.ts';
import { createFoundation, type Foundation, type FoundationInput } from './foundation.ts';
import { createHousekeeping } from './process/housekeeping.ts';
import { createSchedule } from './process/schedule.ts';
import { createWorker } from './process/worker.ts';

export async function createContainer(input: FoundationInput) {
  const foundation = await createFoundation(input);
  const path = composeMessagePath(foundation);
  const features = composeFeatures(foundation, path, input, () => telegram.botManager.running().length);
  const telegram = composeTelegram(foundation, path, features.desk);
  const jobs = composeJobs(foundation, path, features);
  const { usage, notices, answering, pipeline, personReplies } = path;
  const worker = createWorker({
    queue: foundation.queue,
    replies: pipeline.worker,
    handlers: {
      mail: foundation.waitingMails.send,
      housekeeping: () => jobs.hourly(),
      connections: () => jobs.everyMinute(),
      suggestions: () => jobs.enrich(),
      quality: () => jobs.quality(),
    },
    logger: foundation.logger,
  });
  return { ...foundation, usage, notices, answering, pipeline, personReplies, telegram, worker, jobs, features };
}

export type Container = Awaited<ReturnType<typeof createContainer>>;

function composeMessagePath(foundation: Foundation) {
  const usage = createUsage(foundation);
  const notices = noticesFeature(foundation, { desks: createDeskNotices(foundation) }).api;
  const billing = billingFeature(foundation, { notices, usage });
  const knowledge = knowledgeFeature(foundation, { spend: usage.addSpent });
  const facts = factsFeature(foundation);
  const answering = createAnswering(foundation, { search: knowledge.api.search, facts: facts.api.facts });
  const applyToBroadcasts = createBroadcastReceipts(foundation);
  const pipeline = createPipeline(foundation, { answering, usage, notices, applyToBroadcasts });
  const connections = connectionsFeature(foundation, { notices, gate: billing.api.gate });
  const conversations = conversationsFeature(foundation);
  const personReplies = pipeline.staffReplies(conversations.api.conversations.windowOf);
  const forBots = { usage, billing, knowledge, facts, answering, connections };
  return { ...forBots, notices, pipeline, conversations, personReplies };
}

type MessagePath = ReturnType<typeof composeMessagePath>;

function composeTelegram(foundation: Foundation, { connections, notices, pipeline }: MessagePath, desk: DeskFeature) {
  return createTelegramReceiving(foundation, {
    store: connections.api.pollingStore,
    receive: pipeline.receiveFrom('telegram'),
    desk: desk.inbox,
    deskBot: desk.bot,
    refused: pipeline.refusals.refused,
    refuse: pipeline.refusalLimit.refuse,
    connectionFailed: notices.connectionFailed,
  });
}

function composeFeatures(foundation: Foundation, path: MessagePath, { opened, env }: FoundationInput, pollers: () => number) {
  const { usage, notices, billing, knowledge, facts, answering, connections, conversations, personReplies } = path;
  const { aiConfigured, sentence } = answering;
  const [activity, auth] = [activityFeature(foundation), authFeature(foundation)];
  const account = accountFeature(foundation, { auth: auth.api });
  const bots = botsFeature(foundation, { billing: billing.api, connections: connections.api, knowledge: knowledge.api });
  const { loadBot, summaries } = bots.api;
  const read = { billing: billing.api, knowledge: knowledge.api, notices, answering, usage, loadBot };
  const imports = importsFeature(foundation, read);
  const restorers = { ...knowledge.api.restorers, facts: facts.api.restore, prompt: bots.api.bots.update };
  const revisions = revisionsFeature(foundation, { restorers, loadBot });
  const checked = { answering, usage, notices, loadBot, billing: billing.api, revisions: revisions.api };
  const quality = qualityFeature(foundation, checked);
  const filled = { knowledge: knowledge.api, facts: facts.api, quality: quality.api.quality, loadBot };
  const presets = presetsFeature(foundation, filled);
  const asked = { answering, knowledge: knowledge.api, usage, notices, personReplies, loadBot, quality: quality.api };
  const questions = questionsFeature(foundation, asked);
  const playground = playgroundFeature(foundation, { answering, usage, loadBot });
  const corrected = { knowledge: knowledge.api, playground: playground.api, conversations: conversations.api };
  const corrections = correctionsFeature(foundation, { ...corrected, quality: quality.api, personReplies, sentence, loadBot });
  const customers = customersFeature(foundation, { conversations: conversations.api, loadBot });
  const talks = { conversations: conversations.api, customers: customers.api, answerNow: playground.api.answerNow };
  const inbox = inboxFeature(foundation, { ...talks, loadBot });
  const answered = { conversations: conversations.api, personReplies, entries: knowledge.api.entries };
  const asking = { questions: questions.api.questions, answerNow: playground.api.answerNow };
  const desk = deskFeature(foundation, { ...answered, ...asking, corrections: corrections.api });
  const team = teamFeature(foundation, { auth: auth.api, desks: desk.chats });
  const broadcasts = broadcastsFeature(foundation, { sentence, loadBot });
  const analytics = analyticsFeature(foundation, { knowledge: knowledge.api, loadBot });
  const erased = { bots: bots.api, broadcasts: broadcasts.api, customers: customers.api };
  const privacy = privacyFeature(foundation, { ...erased, auth: auth.api });
  const { subscriptions } = billing.api;
  const dashboard = dashboardFeature(foundation, { summaries, subscriptions, usage, aiConfigured });
  const seen = { activity: activity.api, connections: connections.api, conversations: conversations.api };
  const deciding = { auth: auth.api, billing: billing.api, notices, aiConfigured };
  const operators = operatorsFeature(foundation, { ...seen, ...deciding });
  const health = healthFeature(foundation, { pollers, freeBytes: opened.embedded && (() => freeBytes(env.DATA_DIR)) });
  const signedOut = { pages: pagesFeature(foundation), auth, health };
  const learning = { knowledge, imports, facts, presets, corrections, questions, quality, revisions };
  const ofBots = { ...learning, bots, connections, playground, conversations, inbox, customers };
  const ofBusinesses = { account, team, desk, activity, billing, broadcasts, analytics, privacy, dashboard, operators };
  return { ...signedOut, ...ofBots, ...ofBusinesses, enrichment: knowledge.enrichment({ suggest: answering.suggestQuestions }) };
}

function composeJobs({ database, limits }: Foundation, { pipeline }: MessagePath, features: ReturnType<typeof composeFeatures>) {
  const { account, activity, analytics, auth, billing, broadcasts, connections, desk, enrichment } = features;
  const { imports, operators, privacy, quality, questions, revisions, team } = features;
  const ofPeople = [connections, auth, account, team, activity, broadcasts, desk, operators, analytics, billing, privacy];
  const ofKnowledge = [questions, enrichment, imports, quality, revisions];
  return createSchedule({
    database,
    housekeeping: createHousekeeping({ database, limits }),
    hourly: [...ofPeople, ...ofKnowledge],
    everyMinute: [pipeline, billing, connections, desk, questions, operators, privacy],
    quality: quality.jobs.run,
    enrich: [enrichment.jobs.run, questions.jobs.merge],
  });
}
