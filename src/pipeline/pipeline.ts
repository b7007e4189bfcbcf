import type { Answering } from '#answering/answering.ts';
import { meterReceive } from '#channels/metered-channels.ts';
import type { Receipt } from '#core/inbound-event.ts';
import type { ChannelKind } from '#core/message.ts';
import { measureOwnTime } from '#platform/own-time.ts';
import type { Foundation } from '../foundation.ts';
import { createAcceptDelivery } from './accept-delivery.ts';
import { createAnswerer } from './answer-message.ts';
import { createDeletionsRepo } from './deletions.repo.ts';
import { createEchoesRepo } from './echoes.repo.ts';
import { createGiveUp } from './give-up.ts';
import { createLearnNames } from './learn-names.ts';
import { createReceiptsRepo } from './receipts.repo.ts';
import { createReceiver } from './receive-message.ts';
import { createRefusalCounter, storeRefusalsAcrossTenants } from './refusal-counter.ts';
import { settleReplyJobsSql, takeReplyJobsSql } from './reply-jobs.ts';
import { createReplyWorker, type ReplyHandlers } from './reply-worker.ts';
import { createStaffRepliesRepo } from './staff-replies.repo.ts';
import { createPersonReplies } from './staff-replies.service.ts';
import type { TurnNotices } from './turn.ts';
import { createUsageService, type UsageService } from './usage.service.ts';
import { createWebhookConnectionsRepo } from './webhook-connections.repo.ts';
import { webhooksRoutes } from './webhooks.routes.ts';

interface Needs {
  answering: Answering;
  usage: UsageService;
  notices: TurnNotices;
  /** Receipts of messages that belong to no conversation. */
  applyToBroadcasts: (connectionId: string, receipts: readonly Receipt[]) => Promise<unknown>;
}

/** The most replies this process has under way: more than several bots can hold whose AI hangs. */
const CONCURRENT_REPLIES = 600;

/** What the plan allows to be asked. Built before the pipeline, as billing stands on it. */
export const createUsage = ({ env, database }: Foundation): UsageService =>
  createUsageService({ database, customerMessagesPerMinute: env.CUSTOMER_MESSAGES_PER_MINUTE });

/** The way of a message: receive, answer, save, deliver. The only writer of messages, conversations and customers. */
export function createPipeline(foundation: Foundation, { answering, usage, notices, applyToBroadcasts }: Needs) {
  const { database, logger, queue, notifications, channels, secrets, metrics, pauses } = foundation;
  const answer = createAnswerer({
    database,
    ...answering,
    usage,
    channels,
    openCredentials: secrets.openCredentials,
    pauses,
    notices,
    settleReplyJobsSql,
    logger,
  });
  const handlers: ReplyHandlers = {
    reply: (job, attempt) => measureOwnTime(() => answer(job, attempt), metrics.ownTime),
    deadReply: createGiveUp({ sql: database.sql, usage }),
  };
  const worker = createReplyWorker({ queue, notifications, handlers, logger, concurrency: CONCURRENT_REPLIES });
  const receive = createReceiver({ database, takeReplyJobsSql, taker: worker });
  const refusals = createRefusalCounter({
    write: storeRefusalsAcrossTenants(database.sql),
    meter: metrics.refusal,
    logger,
  });
  const webhooks = webhookDeps(foundation, { receive, usage, applyToBroadcasts, refused: refusals.refused });
  return {
    worker,
    receive,
    receiveFrom: (channel: ChannelKind) => meterReceive(channel, receive, metrics),
    refusals,
    webhooks,
    webhookRoutes: webhooksRoutes(webhooks),
    staffReplies: (windowOf: Parameters<typeof createPersonReplies>[0]['windowOf']) =>
      createPersonReplies({
        repo: createStaffRepliesRepo({ database }),
        windowOf,
        releaseMessages: usage.releaseMessages,
        audit: foundation.audit,
      }),
  };
}

export type Pipeline = ReturnType<typeof createPipeline>;

/** What platforms bring by calling us. */
function webhookDeps(
  { env, database, channels, secrets, logger }: Foundation,
  {
    receive,
    usage,
    applyToBroadcasts,
    refused,
  }: Pick<Needs, 'usage' | 'applyToBroadcasts'> & {
    receive: ReturnType<typeof createReceiver>;
    refused: ReturnType<typeof createRefusalCounter>['refused'];
  },
) {
  const connections = createWebhookConnectionsRepo({ database });
  const applyReceipts = createReceiptsRepo({ database });
  const { openCredentials } = secrets;
  return {
    channels,
    verifyToken: env.META_VERIFY_TOKEN,
    markVerified: connections.markVerifiedAcrossTenants,
    refused,
    logger,
    acceptDelivery: createAcceptDelivery({
      connections,
      openCredentials,
      receive,
      // A broadcast's messages are no part of a conversation.
      async applyReceipts(connectionId, receipts) {
        const [failed] = await Promise.all([applyReceipts(connectionId, receipts), applyToBroadcasts(connectionId, receipts)]);
        return failed;
      },
      echoes: createEchoesRepo({ database }),
      eraseDeletedMessages: createDeletionsRepo({ database }),
      learnNames: createLearnNames({ database, openCredentials, logger }),
      releaseMessages: usage.releaseMessages,
      refused,
      logger,
    }),
  };
}
