import type { RequestParamHandler } from 'express';
import type { ConversationsApi } from '#features/conversations/feature.ts';
import type { CustomersApi } from '#features/customers/feature.ts';
import type { PlaygroundApi } from '#features/playground/feature.ts';
import type { Foundation } from '../../foundation.ts';
import { createAssignmentsQueries } from './assignments.queries.ts';
import { inboxRoutes } from './inbox.routes.ts';
import { createInbox } from './inbox.service.ts';
import { createKeptList } from './kept-list.service.ts';
import { createLabelsQueries } from './labels.queries.ts';
import { labelsRoutes } from './labels.routes.ts';
import { createNotesQueries } from './notes.queries.ts';
import { createSavedRepliesQueries } from './saved-replies.queries.ts';
import { savedRepliesRoutes } from './saved-replies.routes.ts';
import { createSuggestionsQueries } from './suggestions.queries.ts';
import { suggestionsRoutes } from './suggestions.routes.ts';
import { createSuggestions } from './suggestions.service.ts';

export type { Inbox } from './inbox.service.ts';

interface Needs {
  conversations: ConversationsApi;
  customers: CustomersApi;
  answerNow: PlaygroundApi['answerNow'];
  loadBot: RequestParamHandler;
}

/** What the staff keep about conversations: notes, labels, assignments, saved replies. */
export function inboxFeature({ database, audit, limits }: Foundation, { conversations, customers, answerNow, loadBot }: Needs) {
  const labels = createLabelsQueries({ database });
  const replies = createSavedRepliesQueries({ database });
  const queries = createSuggestionsQueries({ database });
  const suggestions = createSuggestions({ suggestions: queries, messages: conversations.messages, answerNow });
  const inbox = createInbox({
    notes: createNotesQueries({ database }),
    labels,
    assignments: createAssignmentsQueries({ database }),
    replies,
    customers,
    suggestions,
    audit,
  });
  const ofBots = { conversations: conversations.conversations, loadBot, limits };
  return {
    routes: labelsRoutes(createKeptList({ list: labels, noun: 'label', full: 'inbox.labels.full', audit })),
    replyRoutes: savedRepliesRoutes(createKeptList({ list: replies, noun: 'saved_reply', full: 'inbox.reply.full', audit })),
    botRoutes: [inboxRoutes({ inbox, ...ofBots }), suggestionsRoutes({ suggestions, ...ofBots })],
    /** For the page of a conversation. */
    forThread: { beside: inbox.beside, savedReply: inbox.replyFor },
    api: inbox,
  };
}

export type InboxApi = ReturnType<typeof inboxFeature>['api'];
