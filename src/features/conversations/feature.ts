import type { RequestParamHandler } from 'express';
import type { PersonReplies } from '#pipeline/staff-replies.service.ts';
import type { Foundation } from '../../foundation.ts';
import { createConversationStreams } from './conversation-streams.ts';
import { createConversationsRepo } from './conversations.repo.ts';
import { botConversationsRoutes, conversationsRoutes } from './conversations.routes.ts';
import { createConversationsService } from './conversations.service.ts';
import { createMessagesRead } from './messages.read.ts';
import { waitingCount } from './waiting-count.ts';

export type { ConversationsService } from './conversations.service.ts';
export type { MessagesRead } from './messages.read.ts';

/** Conversations as the staff see them. Gives their reading to the support view. */
export function conversationsFeature({ database, channels, audit, streams, limits }: Foundation) {
  const repo = createConversationsRepo({ database });
  const conversations = createConversationsService({ conversations: repo, channels, audit });
  const messages = createMessagesRead({ database });
  const conversationStreams = createConversationStreams({ ...streams, versions: repo.versions });
  return {
    routes: conversationsRoutes({ conversations }),
    botRoutes: (deps: { personReplies: PersonReplies; loadBot: RequestParamHandler }) =>
      botConversationsRoutes({ ...deps, conversations, messages, conversationStreams, limits }),
    /** The count in the navigation. */
    waitingCount: waitingCount({ database }),
    streams: conversationStreams,
    api: { conversations, messages },
  };
}
