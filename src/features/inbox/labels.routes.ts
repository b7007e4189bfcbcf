import { type Request, Router } from 'express';
import { LABEL_COLOURS } from '#core/label-colours.ts';
import { actorOf } from '#web/actor.ts';
import { flash } from '#web/flash.ts';
import { emptyForm, parseForm } from '#web/form.ts';
import { requires, tenantOf } from '#web/guards.ts';
import { type LabelForm, labelForm } from './inbox.schema.ts';
import type { KeptList } from './kept-list.service.ts';
import type { Label } from './labels.queries.ts';

const PAGE = 'inbox/labels';
const HERE = '/conversations/labels';

/** /conversations/labels: the labels of the business. */
export function labelsRoutes(labels: KeptList<Label, LabelForm>): Router {
  const router = Router();
  const locals = async (req: Request) => ({
    labels: await labels.list(tenantOf(req).id),
    colours: LABEL_COLOURS,
    refusedId: req.params['labelId'] ?? null,
  });
  // A missing or foreign label is 404 before its form is checked.
  router.param('labelId', async (req, _res, next, id: unknown) => {
    await labels.find(tenantOf(req).id, id);
    next();
  });

  router.get('/labels', async (req, res) => {
    res.render(PAGE, { ...(await locals(req)), form: { colour: 'accent' }, errors: {} });
  });

  router.post('/labels', requires('teach'), parseForm(labelForm, PAGE, locals), async (req, res) => {
    await labels.create(actorOf(req), res.locals.form);
    flash(req, 'success', 'inbox.labels.saved');
    res.redirect(303, HERE);
  });

  router.post('/labels/:labelId', requires('teach'), parseForm(labelForm, PAGE, locals), async (req, res) => {
    await labels.change(actorOf(req), String(req.params['labelId']), res.locals['form']);
    flash(req, 'success', 'inbox.labels.saved');
    res.redirect(303, HERE);
  });

  router.post('/labels/:labelId/delete', requires('delete'), parseForm(emptyForm, PAGE, locals), async (req, res) => {
    await labels.remove(actorOf(req), String(req.params['labelId']));
    flash(req, 'success', 'inbox.labels.removed');
    res.redirect(303, HERE);
  });
  return router;
}
