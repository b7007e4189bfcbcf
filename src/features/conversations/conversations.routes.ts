import { type RequestParamHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { actorOf } from '#web/actor.ts';
import { flash } from '#web/flash.ts';
import { memberOf, tenantOf } from '#web/guards.ts';
import type { ConversationsService } from './conversations.service.ts';
import { readCursor } from './cursor.ts';
import type { MessagesRead } from './messages.read.ts';
import { presentMessages } from './present-messages.ts';

interface Deps {
  conversations: ConversationsService;
  messages: MessagesRead;
  loadBot: RequestParamHandler;
}

const MAX_SEARCH_CHARS = 100;

/** A link that was cut or changed shows the first page rather than an error. */
const listQuery = z.object({
  q: z
    .string()
    .trim()
    .max(MAX_SEARCH_CHARS)
    .transform((text) => text.replaceAll('\0', ''))
    .catch(''),
  waiting: z
    .literal('1')
    .transform(() => true)
    .catch(false),
  after: z.string().optional().catch(undefined),
});
const pageQuery = z.object({ before: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).nullable().catch(null) });

const filterOf = (botId: string | null, { q, waiting, after }: z.output<typeof listQuery>) => ({
  botId,
  q,
  waitingOnly: waiting,
  after: readCursor(after),
});

/** /conversations: of all bots. Mounted behind requireMember in src/app.ts. */
export function conversationsRoutes({ conversations }: Pick<Deps, 'conversations'>): Router {
  const router = Router();
  router.get('/', async (req, res) => {
    const query = listQuery.parse(req.query);
    const page = await conversations.page(tenantOf(req).id, filterOf(null, query));
    res.render('conversations/index', { ...page, query, base: '/conversations', bot: null });
  });
  return router;
}

/** /bots/:id/conversations: of one bot. Mounted at /bots behind requireMember in src/app.ts. */
export function botConversationsRoutes({ conversations, messages, loadBot }: Deps): Router {
  const router = Router();
  const botOf = (res: Response): { id: string } => res.locals['bot'];
  router.param('id', loadBot);

  router.get('/:id/conversations', async (req, res) => {
    const { id } = botOf(res);
    const query = listQuery.parse(req.query);
    const page = await conversations.page(tenantOf(req).id, filterOf(id, query));
    res.render('conversations/index', { ...page, query, base: `/bots/${id}/conversations` });
  });

  router.get('/:id/conversations/:conversationId', async (req, res) => {
    const { tenant } = memberOf(req);
    const conversation = await conversations.find(tenant.id, botOf(res).id, req.params.conversationId);
    const { before } = pageQuery.parse({ before: req.query['before'] ?? null });
    const { messages: page, hasEarlier } = await messages(tenant.id, conversation.id, before);
    const now = new Date();
    const items = presentMessages(page, { timeZone: tenant.timeZone, now });
    const replyWindow = conversations.windowOf(conversation, now);
    res.render('conversations/show', { conversation, replyWindow, items, hasEarlier, before });
  });

  router.post('/:id/conversations/:conversationId/resolve', async (req, res) => {
    const { conversationId } = req.params;
    await conversations.resolve(actorOf(req), botOf(res).id, conversationId);
    flash(req, 'success', 'conversations.resolve.done');
    res.redirect(303, `/bots/${botOf(res).id}/conversations/${conversationId}`);
  });

  router.post('/:id/conversations/:conversationId/resume-bot', async (req, res) => {
    const { conversationId } = req.params;
    await conversations.resumeBot(actorOf(req), botOf(res).id, conversationId);
    flash(req, 'success', 'conversations.silence.ended');
    res.redirect(303, `/bots/${botOf(res).id}/conversations/${conversationId}`);
  });
  return router;
}
