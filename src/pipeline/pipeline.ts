import type { Answering } from '#answering/answering.ts';
import type { ChannelAdapter } from '#channels/channel.ts';
import { createVerifyTokens } from '#channels/meta/verify-tokens.ts';
import { meterReceive } from '#channels/metered-channels.ts';
import { DESK_BOT_ID, DESK_CHANNEL } from '#channels/telegram/desk/desk.event.ts';
import { TOKEN_FIELD } from '#channels/telegram/telegram.api.ts';
import type { Receipt } from '#core/inbound-event.ts';
import type { ChannelKind } from '#core/message.ts';
import type { Sql } from '#platform/db/database.ts';
import type { Logger } from '#platform/logger.ts';
import { measureOwnTime } from '#platform/own-time.ts';
import { REPLIES } from '#web/rivals.ts';
import type { Foundation } from '../foundation.ts';
import { createAcceptDelivery } from './accept-delivery.ts';
import { type AccountWarnings, createAccountNotices } from './account-notices.ts';
import { createAnswerer } from './answer-message.ts';
import { createDeletionsRepo } from './deletions.repo.ts';
import { createEchoesRepo } from './echoes.repo.ts';
import { createMediaBudget } from './fetch-files.ts';
import { createGiveUp } from './give-up.ts';
import { createIdentitiesRepo } from './identities.repo.ts';
import { createLearnNames } from './learn-names.ts';
import { createOfferJob } from './open-offers.ts';
import { createPerformWork } from './perform-work.ts';
import { createReceiptsRepo } from './receipts.repo.ts';
import { createReceiver, type Intake } from './receive-message.ts';
import { createWorkSweep } from './recover-work.ts';
import { createRefusalCounter, storeRefusalsAcrossTenants } from './refusal-counter.ts';
import { createRefusalLimit, type RefusalLimit } from './refusal-limit.ts';
import { createFileAddresses, replyFileRoutes } from './reply-files.routes.ts';
import { createReplyFiles } from './reply-files.ts';
import { createReplyWorker } from './reply-worker.ts';
import { createStaffRepliesRepo } from './staff-replies.repo.ts';
import { createPersonReplies } from './staff-replies.service.ts';
import type { TurnNotices } from './turn.ts';
import { createUsageService, type UsageService } from './usage.service.ts';
import { createWebhookConnectionsRepo } from './webhook-connections.repo.ts';
import { webhooksRoutes } from './webhooks.routes.ts';
import { type Claim, createSettler } from './work.ts';

interface Needs {
  answering: Answering;
  usage: UsageService;
  notices: TurnNotices & AccountWarnings;
  applyToBroadcasts: (connectionId: string, receipts: readonly Receipt[]) => Promise<unknown>;
}

/** More than several bots with a hanging AI can hold. */
const CONCURRENT_REPLIES = 600;

/** Built before the pipeline, because billing depends on it. */
export const createUsage = ({ env, database }: Foundation): UsageService =>
  createUsageService({ database, customerMessagesPerMinute: env.CUSTOMER_MESSAGES_PER_MINUTE, usdUzs: env.USD_UZS });

/** Receive, answer, save, deliver. The only writer of messages, conversations and customers. */
export function createPipeline(foundation: Foundation, { answering, usage, notices, applyToBroadcasts }: Needs) {
  const { database, logger, notifications, channels, secrets, metrics, pauses, rivals } = foundation;
  const settle = createSettler(database.sql);
  const mediaBudget = createMediaBudget();
  const addresses = createFileAddresses({ secrets: foundation.env.SESSION_SECRETS, publicUrl: foundation.env.PUBLIC_URL });
  const replyFiles = createReplyFiles({
    sql: database.sql,
    channels,
    openCredentials: secrets.openCredentials,
    deskBot: deskBotOf(foundation.env.TELEGRAM_DESK_TOKEN),
    budget: mediaBudget,
    addressOf: addresses.of,
  });
  const answer = createAnswerer({
    database,
    ...answering,
    usage,
    channels,
    openCredentials: secrets.openCredentials,
    pauses,
    notices,
    answerLimits: usage.limits,
    settle,
    mediaBudget,
    replyFiles,
    logger,
  });
  const handlers = {
    reply: (work: Claim) => {
      rivals.seen(REPLIES);
      return measureOwnTime(() => answer(work), metrics.ownTime);
    },
    giveUp: createGiveUp({ sql: database.sql, usage }),
  };
  const worker = createReplyWorker({
    database,
    notifications,
    work: createPerformWork({ sql: database.sql, settle, handlers, logger }),
    logger,
    concurrency: CONCURRENT_REPLIES,
  });
  const receive = createReceiver({ database, taker: worker });
  const refusals = createRefusalCounter({
    write: storeRefusalsAcrossTenants(database.sql),
    meter: metrics.refusal,
    logger,
  });
  const refusalLimit = createRefusalLimit();
  const webhooks = webhookDeps(foundation, { receive, applyToBroadcasts, notices, refused: refusals.refused, refusalLimit });
  return {
    worker,
    receive,
    receiveFrom: (kind: ChannelKind) =>
      meterReceive(
        kind,
        (intake: Omit<Intake, 'quietTimeMs'>) => receive({ ...intake, ...quietTimeOf(channels[kind]) }),
        metrics,
      ),
    refusals,
    refusalLimit,
    webhooks,
    replyFiles,
    jobs: jobsOf({ sql: database.sql, logger }),
    webhookRoutes: webhooksRoutes(webhooks),
    fileRoutes: replyFileRoutes({ sql: database.sql, channels, files: replyFiles, addresses }),
    staffReplies: (windowOf: Parameters<typeof createPersonReplies>[0]['windowOf']) =>
      createPersonReplies({
        repo: createStaffRepliesRepo({ database }),
        windowOf,
        audit: foundation.audit,
      }),
  };
}

export type Pipeline = ReturnType<typeof createPipeline>;

function jobsOf(deps: { sql: Sql; logger: Logger }) {
  const sweep = createWorkSweep(deps);
  const noteSilentOffers = createOfferJob(deps);
  return {
    async everyMinute(): Promise<void> {
      await sweep();
      await noteSilentOffers();
    },
  };
}

const deskBotOf = (token: string | undefined) =>
  token ? { id: DESK_BOT_ID, platform: DESK_CHANNEL, credentials: { [TOKEN_FIELD]: token } } : null;

const quietTimeOf = (channel: ChannelAdapter | undefined): Pick<Intake, 'quietTimeMs'> =>
  channel ? { quietTimeMs: channel.quietTimeMs } : {};

function webhookDeps(
  { env, database, channels, secrets, logger }: Foundation,
  {
    receive,
    applyToBroadcasts,
    notices,
    refused,
    refusalLimit,
  }: Pick<Needs, 'applyToBroadcasts' | 'notices'> & {
    receive: ReturnType<typeof createReceiver>;
    refused: ReturnType<typeof createRefusalCounter>['refused'];
    refusalLimit: RefusalLimit;
  },
) {
  const connections = createWebhookConnectionsRepo({ database });
  const identities = createIdentitiesRepo({ database });
  const applyReceipts = createReceiptsRepo({ database, identities });
  const { openCredentials } = secrets;
  return {
    channels,
    verifyToken: env.META_VERIFY_TOKEN,
    verifyTokens: createVerifyTokens(env.ENCRYPTION_KEYS),
    refusalLimit,
    markVerified: connections.markVerifiedAcrossTenants,
    refused,
    logger,
    acceptDelivery: createAcceptDelivery({
      connections,
      openCredentials,
      receive,
      // A broadcast's messages belong to no conversation.
      async applyReceipts(connectionId, receipts) {
        await Promise.all([applyReceipts(connectionId, receipts), applyToBroadcasts(connectionId, receipts)]);
      },
      echoes: createEchoesRepo({ database }),
      identities,
      tellOfAccounts: createAccountNotices({ notices, logger }),
      eraseDeletedMessages: createDeletionsRepo({ database }),
      learnNames: createLearnNames({ database, openCredentials, logger }),
      refused,
      logger,
    }),
  };
}
