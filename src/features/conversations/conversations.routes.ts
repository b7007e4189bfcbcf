import { type Request, type RequestParamHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { MINUTE_MS } from '#core/durations.ts';
import { ValidationError } from '#core/errors.ts';
import type { ChannelKind } from '#core/message.ts';
import { isOpenEnded, PAUSE_MINUTES, PAUSES } from '#core/silence.ts';
import type { PersonReplies } from '#pipeline/staff-replies.service.ts';
import { newId } from '#platform/crypto/ids.ts';
import { actorOf } from '#web/actor.ts';
import { eventStream } from '#web/event-stream.ts';
import { flash } from '#web/flash.ts';
import { parseForm } from '#web/form.ts';
import { memberOf, tenantOf } from '#web/guards.ts';
import type { Limits } from '#web/limits.ts';
import { numberCursor } from '#web/paging.ts';
import { uploadOf } from '#web/upload.ts';
import { wantsJson } from '#web/wants-json.ts';
import type { ConversationStreams } from './conversation-streams.ts';
import type { ConversationHead } from './conversations.repo.ts';
import { MAX_REPLY_CHARS, replyForm, retryForm, seenForm, takeOverForm } from './conversations.schema.ts';
import type { ConversationsService } from './conversations.service.ts';
import { listLocals } from './list.routes.ts';
import { showMedia } from './media.routes.ts';
import type { Media } from './media.service.ts';
import type { MessageLine, MessagesRead } from './messages.read.ts';
import { placeNotes } from './place-notes.ts';
import { type MessageItem, presentMessages } from './present-messages.ts';
import { receiptOf, type Words } from './present-receipt.ts';
import type { MarkRead } from './reads.queries.ts';
import type { StaffFiles } from './staff-files.ts';

/** What stands beside and between the messages: notes, labels, the customer card. */
export type Beside = (
  tenantId: string,
  conversation: ConversationHead,
  page: { from: Date | null; beforeId: number | null; messages: readonly MessageLine[] },
) => Promise<{ notes: { createdAt: Date }[]; suggestion: { made: { text: string } | null } | null }>;

interface Deps {
  conversations: ConversationsService;
  messages: MessagesRead;
  media: Media;
  staffFiles: StaffFiles;
  markRead: MarkRead;
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
/** Each is up to 16 MB that we keep. */
const FILES = { points: 30, durationSeconds: 600 };
const TOO_OFTEN = { text: 'conversations.reply.too_often' };

const pageQuery = z.object({ before: numberCursor });

const wordsOf = ({ locals }: Response): Words => locals as unknown as Words;
const botOf = (res: Response): { id: string } => res.locals['bot'];
const conversationOf = (res: Response): ConversationHead => res.locals['conversation'];
const pathOf = (res: Response): string => `/bots/${botOf(res).id}/conversations/${conversationOf(res).id}`;

/** The id of the form's draft, so that a form rendered again sends the same one. */
const draftOf = (req: Request): string =>
  typeof req.body?.draft === 'string' && req.body.draft !== '' ? req.body.draft : newId();

/** The bot owes an answer; after this time something is in its way. */
const ANSWERING_MS = 2 * MINUTE_MS;
const isAnswering = (conversation: ConversationHead, newest: MessageLine | undefined, now: Date): boolean =>
  newest?.status === 'received' &&
  conversation.connectionOn &&
  !conversation.silencedUntil &&
  now.getTime() - newest.createdAt.getTime() < ANSWERING_MS;

export function botConversationsRoutes(deps: Deps): Router {
  const { conversations, messages, media, markRead, personReplies, beside, savedReply, conversationStreams } = deps;
  const { limits, usdUzs, loadBot, staffFiles } = deps;
  const router = Router();
  const replies = limits.limiter('person-reply', REPLIES);
  const files = limits.limiter('person-file', FILES);
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
    const { notes, ...around } = await beside(tenant.id, conversation, { from, beforeId: before, messages: page });
    return {
      ...around,
      ...placeNotes(presentMessages(page, { timeZone: tenant.timeZone, now }), notes),
      pauses: PAUSES,
      receiptOf: (message: MessageItem) => receiptOf(message, wordsOf(res), usdUzs),
      hasEarlier,
      before,
      isAnswering: isAnswering(conversation, page.at(-1), now),
      isOpenEnded: conversation.silencedUntil !== null && isOpenEnded(conversation.silencedUntil, now),
      replyWindow: conversations.windowOf(conversation, now),
      refusalKey: personReplies.refusalOf(conversation, now),
      draft: draftOf(req),
      maxReplyChars: MAX_REPLY_CHARS,
      fileOffer: staffFiles.offer(conversation.platform),
    };
  };

  const showLocals = async (req: Request, res: Response) => ({
    ...(await pageLocals(req, res)),
    list: await listLocals(deps, req),
  });

  const chosenFile = async (req: Request, of: { platform: ChannelKind; isVoice: boolean }) => {
    const upload = uploadOf(req);
    if (!upload) return null;
    await files.consume(memberOf(req).user.id, { file: 'conversations.reply.too_often' });
    return staffFiles.take(upload, of);
  };

  router.get('/:id/conversations', async (req, res) => {
    res.render('conversations/index', { list: await listLocals(deps, req, botOf(res).id) });
  });

  router.get('/:id/conversations/:conversationId', async (req, res) => {
    const saved = await savedReply(tenantOf(req).id, conversationOf(res), req.query['reply']);
    const locals = await showLocals(req, res);
    const text = req.query['use'] === 'suggestion' ? (locals.suggestion?.made?.text ?? '') : saved;
    res.render('conversations/show', { ...locals, form: { text }, errors: {} });
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
      const { voice, file: _name, ...form } = res.locals.form;
      const chosen = await chosenFile(req, { platform: conversationOf(res).platform, isVoice: voice });
      if (!form.text && !chosen) throw new ValidationError({ text: 'conversations.reply.required' });
      const sent = await personReplies.reply(actorOf(req), conversationOf(res), { ...form, chosen });
      if (wantsJson(req)) return void res.json({ sent });
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

  // public/js/inbox.js says how far the member has read.
  router.post(
    '/:id/conversations/:conversationId/seen',
    parseForm(seenForm, 'conversations/show', showLocals),
    async (req, res) => {
      const { user, tenant } = memberOf(req);
      await markRead({ tenantId: tenant.id, userId: user.id }, conversationOf(res).id, res.locals.form.messageId);
      res.status(204).end();
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

  router.post('/:id/conversations/:conversationId/reopen', async (req, res) => {
    await conversations.reopen(actorOf(req), botOf(res).id, conversationOf(res).id);
    res.redirect(303, pathOf(res));
  });
  return router;
}
