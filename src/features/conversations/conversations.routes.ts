import { type Request, type RequestParamHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { isOpenEnded, PAUSE_MINUTES, PAUSES } from '#core/silence.ts';
import type { PersonReplies } from '#pipeline/staff-replies.service.ts';
import { newId } from '#platform/crypto/ids.ts';
import { actorOf } from '#web/actor.ts';
import { eventStream } from '#web/event-stream.ts';
import { flash } from '#web/flash.ts';
import { flagField, parseForm, searchField } from '#web/form.ts';
import { memberOf, tenantOf } from '#web/guards.ts';
import type { Limits } from '#web/limits.ts';
import { idField, numberCursor, readCursor } from '#web/paging.ts';
import type { ConversationStreams } from './conversation-streams.ts';
import type { ConversationHead } from './conversations.repo.ts';
import { MAX_REPLY_CHARS, replyForm, retryForm, takeOverForm } from './conversations.schema.ts';
import type { ConversationsService } from './conversations.service.ts';
import { showMedia } from './media.routes.ts';
import type { Media } from './media.service.ts';
import type { MessagesRead } from './messages.read.ts';
import { placeNotes } from './place-notes.ts';
import { keepOf, presentRows } from './present-list.ts';
import { type MessageItem, presentMessages } from './present-messages.ts';
import { receiptOf, type Words } from './present-receipt.ts';

/** What stands beside and between the messages: notes, labels, the customer card. */
export type Beside = (
  tenantId: string,
  conversation: ConversationHead,
  page: { from: Date | null; beforeId: number | null },
) => Promise<{ notes: { createdAt: Date }[] }>;

interface Deps {
  conversations: ConversationsService;
  messages: MessagesRead;
  media: Media;
  personReplies: PersonReplies;
  beside: Beside;
  /** A saved reply in the customer's language; '' when there is none. */
  savedReply: (tenantId: string, conversation: ConversationHead, id: unknown) => Promise<string>;
  conversationStreams: ConversationStreams;
  limits: Limits;
  usdUzs: number;
  loadBot: RequestParamHandler;
}

/** Each try is a message to a customer; this is more than a person types. */
const REPLIES = { points: 60, durationSeconds: 60 };
const TOO_OFTEN = { text: 'conversations.reply.too_often' };

/** An invalid value shows the first page. */
const listQuery = z.object({
  q: searchField,
  waiting: flagField,
  taken: flagField,
  bot: idField,
  after: z.string().optional().catch(undefined),
});
const pageQuery = z.object({ before: numberCursor });

/** What conversations/list.njk shows. `botId`: the list of this bot, whatever the query says. */
async function listLocals({ conversations }: Pick<Deps, 'conversations'>, req: Request, botId: string | null = null) {
  const asked = listQuery.parse(req.query);
  const query = { ...asked, bot: botId ?? asked.bot };
  const { q, waiting, taken, bot, after } = query;
  const filter = { botId: bot, q, waitingOnly: waiting, takenOnly: taken, after: readCursor(after) };
  const page = await conversations.page(tenantOf(req).id, filter);
  const base = bot ? `/bots/${bot}/conversations` : '/conversations';
  const isFiltered = Boolean(q || waiting || taken || after);
  return { ...page, conversations: presentRows(page.conversations), query, base, keep: keepOf(query), isFiltered };
}

export function conversationsRoutes(deps: Pick<Deps, 'conversations'>): Router {
  const router = Router();
  router.get('/', async (req, res) => {
    res.render('conversations/index', { list: await listLocals(deps, req), bot: null });
  });
  return router;
}

const wordsOf = ({ locals }: Response): Words => locals as unknown as Words;
const botOf = (res: Response): { id: string } => res.locals['bot'];
const conversationOf = (res: Response): ConversationHead => res.locals['conversation'];
const pathOf = (res: Response): string => `/bots/${botOf(res).id}/conversations/${conversationOf(res).id}`;

/** The id of the form's draft, so that a form rendered again sends the same one. */
const draftOf = (req: Request): string =>
  typeof req.body?.draft === 'string' && req.body.draft !== '' ? req.body.draft : newId();

export function botConversationsRoutes(deps: Deps): Router {
  const { conversations, messages, media, personReplies, beside, savedReply, conversationStreams } = deps;
  const { limits, usdUzs, loadBot } = deps;
  const router = Router();
  const replies = limits.limiter('person-reply', REPLIES);
  const countReply = (req: Request): Promise<void> => replies.consume(memberOf(req).user.id, TOO_OFTEN);
  router.param('id', loadBot);
  // A missing or foreign conversation is 404 before anything else is checked.
  router.param('conversationId', async (req, res, next, id: unknown) => {
    res.locals['conversation'] = await conversations.find(tenantOf(req).id, botOf(res).id, id);
    next();
  });

  const pageLocals = async (req: Request, res: Response) => {
    const [{ tenant }, conversation, now] = [memberOf(req), conversationOf(res), new Date()];
    const { before } = pageQuery.parse(req.query);
    const { messages: page, hasEarlier } = await messages(tenant.id, conversation.id, before);
    const from = hasEarlier ? (page[0]?.createdAt ?? null) : null;
    const { notes, ...around } = await beside(tenant.id, conversation, { from, beforeId: before });
    return {
      ...around,
      ...placeNotes(presentMessages(page, { timeZone: tenant.timeZone, now }), notes),
      pauses: PAUSES,
      receiptOf: (message: MessageItem) => receiptOf(message, wordsOf(res), usdUzs),
      hasEarlier,
      before,
      isOpenEnded: conversation.silencedUntil !== null && isOpenEnded(conversation.silencedUntil, now),
      replyWindow: conversations.windowOf(conversation, now),
      refusalKey: personReplies.refusalOf(conversation, now),
      draft: draftOf(req),
      maxReplyChars: MAX_REPLY_CHARS,
    };
  };

  const showLocals = async (req: Request, res: Response) => ({
    ...(await pageLocals(req, res)),
    list: await listLocals(deps, req),
  });

  router.get('/:id/conversations', async (req, res) => {
    res.render('conversations/index', { list: await listLocals(deps, req, botOf(res).id) });
  });

  router.get('/:id/conversations/:conversationId', async (req, res) => {
    const text = await savedReply(tenantOf(req).id, conversationOf(res), req.query['reply']);
    res.render('conversations/show', { ...(await showLocals(req, res)), form: { text }, errors: {} });
  });

  // The changing part of the page, for public/js/conversation.js.
  router.get('/:id/conversations/:conversationId/live', async (req, res) => {
    res.render('conversations/live', { ...(await pageLocals(req, res)), form: {}, errors: {} });
  });
  const watchedOf = (_req: Request, res: Response) => ({ botId: botOf(res).id, id: conversationOf(res).id });
  router.get('/:id/conversations/:conversationId/events', eventStream(conversationStreams, watchedOf));

  router.get('/:id/conversations/:conversationId/media/:messageId', showMedia(media));

  router.post(
    '/:id/conversations/:conversationId/messages',
    parseForm(replyForm, 'conversations/show', showLocals),
    async (req, res) => {
      await countReply(req);
      const sent = await personReplies.reply(actorOf(req), conversationOf(res), res.locals.form);
      if (!sent) flash(req, 'info', 'conversations.reply.already');
      res.redirect(303, `${pathOf(res)}#reply`);
    },
  );

  router.post(
    '/:id/conversations/:conversationId/retry',
    parseForm(retryForm, 'conversations/show', showLocals),
    async (req, res) => {
      await countReply(req);
      const sent = await personReplies.retry(actorOf(req), conversationOf(res), res.locals.form.messageId);
      if (!sent) flash(req, 'info', 'conversations.reply.nothing_to_retry');
      res.redirect(303, `${pathOf(res)}#reply`);
    },
  );

  router.post(
    '/:id/conversations/:conversationId/take-over',
    parseForm(takeOverForm, 'conversations/show', showLocals),
    async (req, res) => {
      await personReplies.takeOver(actorOf(req), conversationOf(res), PAUSE_MINUTES[res.locals.form.pause]);
      res.redirect(303, `${pathOf(res)}#reply`);
    },
  );

  router.post('/:id/conversations/:conversationId/resume-bot', async (req, res) => {
    await personReplies.handBack(actorOf(req), conversationOf(res));
    flash(req, 'success', 'conversations.silence.ended');
    res.redirect(303, pathOf(res));
  });

  router.post('/:id/conversations/:conversationId/resolve', async (req, res) => {
    await conversations.resolve(actorOf(req), botOf(res).id, conversationOf(res).id);
    flash(req, 'success', 'conversations.resolve.done');
    res.redirect(303, pathOf(res));
  });
  return router;
}
