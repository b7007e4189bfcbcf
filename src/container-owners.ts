// Composition, part three: what owners do with bots.
import { createBotOverview } from '#features/bots/bot-overview.read.ts';
import { createBotPage } from '#features/bots/bot-page.ts';
import { createBotSummaries } from '#features/bots/bot-summaries.read.ts';
import { createBotsRepo } from '#features/bots/bots.repo.ts';
import { createBotsService } from '#features/bots/bots.service.ts';
import { createLoadBot } from '#features/bots/load-bot.ts';
import { createConnectionsRepo } from '#features/connections/connections.repo.ts';
import { createConnectionsService } from '#features/connections/connections.service.ts';
import { createConversationsRepo } from '#features/conversations/conversations.repo.ts';
import { createConversationsService } from '#features/conversations/conversations.service.ts';
import { createMessagesRead } from '#features/conversations/messages.read.ts';
import { createDashboardRead } from '#features/dashboard/dashboard.read.ts';
import { createLanguageRepo } from '#features/pages/language.repo.ts';
import { createSubscriptionRepo } from '#features/plans/subscription.repo.ts';
import { createUsageService } from '#features/usage/usage.service.ts';
import type { Foundation } from './container.ts';

export function composeOwners({ env, database, notifications, channels, secrets, audit }: Foundation) {
  const connectionsRepo = createConnectionsRepo({ database });
  const connections = createConnectionsService({ connections: connectionsRepo, channels, secrets, notifications, audit });
  const bots = createBotsService({ bots: createBotsRepo({ database }), connectionsRepo, connections, audit });

  return {
    bots,
    connections,
    connectionsRepo,
    summaries: createBotSummaries({ database }),
    botPage: createBotPage({ overview: createBotOverview({ database }), connectionsRepo, connections }),
    loadBot: createLoadBot({ bots }),
    conversations: createConversationsService({ conversations: createConversationsRepo({ database }), audit }),
    messages: createMessagesRead({ database }),
    dashboard: createDashboardRead({ database }),
    subscriptions: createSubscriptionRepo({ database }),
    languages: createLanguageRepo(database),
    usage: createUsageService({ database, customerMessagesPerMinute: env.CUSTOMER_MESSAGES_PER_MINUTE }),
  };
}
