import { type Request, Router } from 'express';
import { eventStream } from '#web/event-stream.ts';
import { memberOf } from '#web/guards.ts';
import { type ConversationStreams, WHOLE_INBOX } from './conversation-streams.ts';
import type { ConversationsService } from './conversations.service.ts';
import { filterOf, keepOf, type ListQuery, listQuery } from './list-query.ts';
import { presentRows } from './present-list.ts';

interface Deps {
  conversations: ConversationsService;
  conversationStreams: ConversationStreams;
}

/** What conversations/list.njk shows. `botId`: the list of this bot, whatever the query says. */
export async function listLocals({ conversations }: Pick<Deps, 'conversations'>, req: Request, botId: string | null = null) {
  const { user, tenant } = memberOf(req);
  const asked = listQuery.parse(req.query);
  const query = { ...asked, bot: botId ?? asked.bot };
  // The version is read first, so that a later change is noticed.
  const version = await conversations.inboxVersion(tenant.id);
  const [page, choices] = await Promise.all([
    conversations.page(tenant.id, user.id, filterOf(query, { userId: user.id, timeZone: tenant.timeZone })),
    conversations.choices(tenant.id),
  ]);
  return {
    ...page,
    ...choices,
    conversations: presentRows(page.conversations),
    version,
    query,
    base: '/conversations',
    keep: keepOf(query),
    keepWith: (...without: (keyof ListQuery)[]) => keepOf(query, without),
    isFiltered: Object.entries(query).some(([name, value]) => value && name !== 'bot'),
  };
}

/** /conversations: those of all bots. */
export function conversationsRoutes(deps: Deps): Router {
  const router = Router();

  router.get('/', async (req, res) => {
    res.render('conversations/index', { list: await listLocals(deps, req), bot: null });
  });

  // The list again, for public/js/inbox.js.
  router.get('/live', async (req, res) => {
    res.render('conversations/list', { list: await listLocals(deps, req), bot: null });
  });

  router.get(
    '/events',
    eventStream(deps.conversationStreams, () => WHOLE_INBOX),
  );
  return router;
}
