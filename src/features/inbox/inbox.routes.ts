import { type Request, type RequestParamHandler, type Response, Router } from 'express';
import type { ConversationsService } from '#features/conversations/feature.ts';
import { actorOf } from '#web/actor.ts';
import { flash } from '#web/flash.ts';
import { emptyForm, parseForm } from '#web/form.ts';
import { memberOf, tenantOf } from '#web/guards.ts';
import type { Limits } from '#web/limits.ts';
import { wantsJson } from '#web/wants-json.ts';
import { assignForm, labelsForm, MAX_NOTE_CHARS, noteForm } from './inbox.schema.ts';
import type { Inbox, InboxConversation } from './inbox.service.ts';

interface Deps {
  inbox: Inbox;
  conversations: ConversationsService;
  loadBot: RequestParamHandler;
  limits: Limits;
}

/** More than a person types. */
const NOTES = { points: 60, durationSeconds: 60 };
const TOO_OFTEN = { text: 'inbox.note.too_often' };
const REFUSED = 'inbox/refused';
const AT = '/:id/conversations/:conversationId';

/** What the staff do with one conversation among themselves. */
export function inboxRoutes({ inbox, conversations, loadBot, limits }: Deps): Router {
  const router = Router();
  const notes = limits.limiter('note', NOTES);
  const conversationOf = (res: Response): InboxConversation => res.locals['conversation'];
  const pathOf = (res: Response): string => `/bots/${res.locals['bot'].id}/conversations/${conversationOf(res).id}`;
  router.param('id', loadBot);
  // A missing or foreign conversation is 404 before its form is checked.
  router.param('conversationId', async (req, res, next, id: unknown) => {
    res.locals['conversation'] = await conversations.find(tenantOf(req).id, res.locals['bot'].id, id);
    next();
  });
  const refused = (_req: Request, res: Response) => ({ back: pathOf(res), maxNoteChars: MAX_NOTE_CHARS });

  router.post(`${AT}/notes`, parseForm(noteForm, REFUSED, refused), async (req, res) => {
    await notes.consume(memberOf(req).user.id, TOO_OFTEN);
    await inbox.addNote(actorOf(req), conversationOf(res), res.locals.form);
    if (wantsJson(req)) return void res.json({ saved: true });
    flash(req, 'success', 'inbox.note.done');
    res.redirect(303, pathOf(res));
  });

  router.post(`${AT}/notes/:noteId/delete`, parseForm(emptyForm, REFUSED, refused), async (req, res) => {
    await inbox.removeNote(actorOf(req), conversationOf(res), Number(req.params['noteId']));
    flash(req, 'success', 'inbox.note.removed');
    res.redirect(303, pathOf(res));
  });

  router.post(`${AT}/labels`, parseForm(labelsForm, REFUSED, refused), async (req, res) => {
    await inbox.putLabels(actorOf(req), conversationOf(res), res.locals.form.labels);
    flash(req, 'success', 'inbox.labels.put');
    res.redirect(303, pathOf(res));
  });

  router.post(`${AT}/assign`, parseForm(assignForm, REFUSED, refused), async (req, res) => {
    await inbox.assign(actorOf(req), conversationOf(res), res.locals.form.userId);
    flash(req, 'success', 'inbox.assign.done');
    res.redirect(303, pathOf(res));
  });

  router.get(`${AT}/saved-replies`, async (req, res) => {
    res.json({ items: await inbox.repliesFor(tenantOf(req).id, conversationOf(res)) });
  });
  return router;
}
