// Composition, part three: what owners do with bots.

import { createPlanGate } from '#features/billing/plan-gate.ts';
import { createSubscriptionRepo } from '#features/billing/subscription.repo.ts';
import { createBotOverview } from '#features/bots/bot-overview.read.ts';
import { createBotPage } from '#features/bots/bot-page.ts';
import { createBotSummaries } from '#features/bots/bot-summaries.read.ts';
import { createBotsRepo } from '#features/bots/bots.repo.ts';
import { createBotsService } from '#features/bots/bots.service.ts';
import { createLoadBot } from '#features/bots/load-bot.ts';
import { createConnectionsRepo } from '#features/connections/connections.repo.ts';
import { createConnectionsService } from '#features/connections/connections.service.ts';
import { presentConnection } from '#features/connections/present-connection.ts';
import { createRecheck } from '#features/connections/recheck-connections.ts';
import { createTokenRenewal } from '#features/connections/renew-tokens.ts';
import { createUpkeepRepo } from '#features/connections/upkeep.repo.ts';
import { createConversationStreams } from '#features/conversations/conversation-streams.ts';
import { createConversationVersions } from '#features/conversations/conversation-versions.read.ts';
import { createConversationsRepo } from '#features/conversations/conversations.repo.ts';
import { createConversationsService } from '#features/conversations/conversations.service.ts';
import { createMessagesRead } from '#features/conversations/messages.read.ts';
import { createDashboardRead } from '#features/dashboard/dashboard.read.ts';
import type { Notices } from '#features/notices/notices.service.ts';
import { createLanguageRepo } from '#features/pages/language.repo.ts';
import { insertOwnReplyJobsSql, queueReplyJobsSql } from '#pipeline/reply-jobs.ts';
import { createPersonRepliesRepo } from '#pipeline/staff-replies.repo.ts';
import { createPersonReplies } from '#pipeline/staff-replies.service.ts';
import { createUsageService } from '#pipeline/usage.service.ts';
import type { Foundation } from './container.ts';

export function composeOwners(
  { env, database, notifications, channels, secrets, audit, logger, streams }: Foundation,
  { notices }: { notices: Notices },
) {
  const connectionsRepo = createConnectionsRepo({ database });
  const upkeep = createUpkeepRepo({ database });
  const { openCredentials } = secrets;
  const recheck = createRecheck({ upkeep, channels, openCredentials, notices, logger });
  const { kinds, subscribable } = recheck;
  const webhooks = { publicUrl: env.PUBLIC_URL, verifyToken: env.META_VERIFY_TOKEN, kinds, subscribable };
  const plans = createPlanGate({ database });
  const connections = createConnectionsService({
    connections: connectionsRepo,
    channels,
    secrets,
    plans,
    recheck,
    notifications,
    audit,
  });
  const bots = createBotsService({ bots: createBotsRepo({ database }), connectionsRepo, connections, audit });

  const conversations = createConversationsService({ conversations: createConversationsRepo({ database }), channels, audit });
  const usage = createUsageService({ database, customerMessagesPerMinute: env.CUSTOMER_MESSAGES_PER_MINUTE });

  return {
    bots,
    connections,
    connectionsRepo,
    recheck,
    renewTokens: createTokenRenewal({ upkeep, channels, secrets, notices, logger }),
    summaries: createBotSummaries({ database, calling: kinds }),
    botPage: createBotPage({
      overview: createBotOverview({ database }),
      connectionsRepo,
      connections,
      present: (connection, now) => presentConnection(connection, { webhooks, now }),
    }),
    loadBot: createLoadBot({ bots }),
    conversations,
    personReplies: createPersonReplies({
      personReplies: createPersonRepliesRepo({ database, queueReplyJobsSql, insertOwnReplyJobsSql }),
      conversations,
      releaseMessages: usage.releaseMessages,
      audit,
    }),
    messages: createMessagesRead({ database }),
    conversationStreams: createConversationStreams({ ...streams, versions: createConversationVersions({ database }) }),
    dashboard: createDashboardRead({ database }),
    subscriptions: createSubscriptionRepo({ database }),
    languages: createLanguageRepo(database),
    usage,
  };
}
