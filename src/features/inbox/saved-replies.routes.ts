import { type Request, type Response, Router } from 'express';
import { actorOf } from '#web/actor.ts';
import { flash } from '#web/flash.ts';
import { emptyForm, parseForm } from '#web/form.ts';
import { requires, tenantOf } from '#web/guards.ts';
import { MAX_SAVED_CHARS, type SavedReplyForm, savedReplyForm } from './inbox.schema.ts';
import type { KeptList } from './kept-list.service.ts';
import type { SavedReply } from './saved-replies.queries.ts';

const LIST = 'inbox/replies';
const EDIT = 'inbox/reply-edit';
const HERE = '/conversations/replies';

/** /conversations/replies: the saved replies of the business. */
export function savedRepliesRoutes(replies: KeptList<SavedReply, SavedReplyForm>): Router {
  const router = Router();
  const replyOf = (res: Response): SavedReply => res.locals['reply'];
  const listLocals = async (req: Request) => ({ replies: await replies.list(tenantOf(req).id), maxChars: MAX_SAVED_CHARS });
  const editLocals = () => ({ maxChars: MAX_SAVED_CHARS });
  // A missing or foreign reply is 404 before its form is checked.
  router.param('replyId', async (req, res, next, id: unknown) => {
    res.locals['reply'] = await replies.find(tenantOf(req).id, id);
    next();
  });

  router.get('/replies', async (req, res) => {
    res.render(LIST, { ...(await listLocals(req)), form: {}, errors: {} });
  });

  router.post('/replies', requires('teach'), parseForm(savedReplyForm, LIST, listLocals), async (req, res) => {
    await replies.create(actorOf(req), res.locals.form);
    flash(req, 'success', 'inbox.reply.saved');
    res.redirect(303, HERE);
  });

  router.get('/replies/:replyId', requires('teach'), (_req, res) => {
    const { name, texts } = replyOf(res);
    res.render(EDIT, { ...editLocals(), form: { ...texts, name, uzCyrl: texts['uz-Cyrl'] }, errors: {} });
  });

  router.post('/replies/:replyId', requires('teach'), parseForm(savedReplyForm, EDIT, editLocals), async (req, res) => {
    await replies.change(actorOf(req), replyOf(res).id, res.locals['form']);
    flash(req, 'success', 'inbox.reply.saved');
    res.redirect(303, HERE);
  });

  router.post('/replies/:replyId/delete', requires('delete'), parseForm(emptyForm, LIST, listLocals), async (req, res) => {
    await replies.remove(actorOf(req), replyOf(res).id);
    flash(req, 'success', 'inbox.reply.removed');
    res.redirect(303, HERE);
  });
  return router;
}
