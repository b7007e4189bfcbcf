import type { RequestParamHandler } from 'express';
import type { ReplyFiles } from '#pipeline/reply-files.ts';
import type { PersonReplies } from '#pipeline/staff-replies.service.ts';
import type { Foundation } from '../../foundation.ts';
import { createConversationStreams } from './conversation-streams.ts';
import { createConversationsRepo } from './conversations.repo.ts';
import { botConversationsRoutes } from './conversations.routes.ts';
import { createConversationsService } from './conversations.service.ts';
import { createListRead } from './list.read.ts';
import { conversationsRoutes } from './list.routes.ts';
import { createMediaRepo } from './media.repo.ts';
import { createMedia } from './media.service.ts';
import { createMessagesRead } from './messages.read.ts';
import { createReadsQueries } from './reads.queries.ts';
import { createStaffFiles } from './staff-files.ts';
import { waitingCount } from './waiting-count.ts';

export type { ConversationHead } from './conversations.repo.ts';
export { MAX_REPLY_CHARS } from './conversations.schema.ts';
export type { ConversationsService } from './conversations.service.ts';
export type { MessageLine, MessagesRead } from './messages.read.ts';
export { type Fact, receiptOf, type Words } from './present-receipt.ts';

interface RouteNeeds extends Pick<Parameters<typeof botConversationsRoutes>[0], 'beside' | 'savedReply'> {
  personReplies: PersonReplies;
  replyFiles: Pick<ReplyFiles, 'fetch'>;
  loadBot: RequestParamHandler;
}

/** A page of a conversation has at most fifty. */
const MEDIA_FETCHES = { points: 300, durationSeconds: 60 };

/** Conversations as the staff see them. Also used by the support view. */
export function conversationsFeature({ env, database, channels, secrets, audit, streams, limits }: Foundation) {
  const repo = createConversationsRepo({ database });
  const lists = createListRead({ database });
  const conversations = createConversationsService({ conversations: repo, lists, channels, audit });
  const messages = createMessagesRead({ database });
  const conversationStreams = createConversationStreams({ ...streams, versions: repo.versions, inboxVersions: lists.versions });
  return {
    routes: conversationsRoutes({ conversations, conversationStreams }),
    botRoutes({ replyFiles, ...deps }: RouteNeeds) {
      const fetches = limits.limiter('media', MEDIA_FETCHES);
      const { openCredentials } = secrets;
      const media = createMedia({ media: createMediaRepo({ database }), channels, openCredentials, replyFiles, fetches });
      return botConversationsRoutes({
        ...deps,
        conversations,
        messages,
        media,
        staffFiles: createStaffFiles({ channels, hasAddress: env.PUBLIC_URL !== undefined }),
        markRead: createReadsQueries({ database }),
        conversationStreams,
        limits,
        usdUzs: env.USD_UZS,
      });
    },
    waitingCount: waitingCount({ database }),
    streams: conversationStreams,
    api: { conversations, messages },
  };
}

export type ConversationsApi = ReturnType<typeof conversationsFeature>['api'];
