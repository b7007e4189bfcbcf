import { type Request, type RequestHandler, type RequestParamHandler, type Response, Router } from 'express';
import { NotFoundError } from '#core/errors.ts';
import { isId } from '#platform/crypto/ids.ts';
import { actorOf } from '#web/actor.ts';
import { eventStream } from '#web/event-stream.ts';
import { flash } from '#web/flash.ts';
import { emptyForm, parseForm } from '#web/form.ts';
import { memberOf, requires, tenantOf } from '#web/guards.ts';
import type { Limits } from '#web/limits.ts';
import { type Broadcast, contentOf } from './broadcast.ts';
import { type BroadcastForm, broadcastForm } from './broadcasts.schema.ts';
import { ACTS, type BroadcastsService } from './broadcasts.service.ts';
import { type ComposePage, formOf, withTemplate } from './compose-page.ts';
import type { PhotosRepo } from './photos.repo.ts';
import { refusePhoto, sendPhotoFile, takePhoto } from './photos.routes.ts';
import { type ProgressStreams, progressOf, reasonsOf } from './progress.ts';
import { type Report, sendReport } from './report.ts';
import type { Templates } from './templates.ts';

interface Deps {
  broadcasts: BroadcastsService;
  broadcastStreams: ProgressStreams;
  broadcastReport: Report;
  composePage: ComposePage;
  photos: PhotosRepo;
  templates: Templates;
  limits: Limits;
  loadBot: RequestParamHandler;
}

/** Each test is a message to a customer. */
const READS = { points: 120, durationSeconds: 3_600 };
const TESTS = { points: 30, durationSeconds: 3_600 };

const botOf = (res: Response): { id: string } => res.locals['bot'];
const broadcastOf = (res: Response): Broadcast => res.locals['broadcast'];
const basePath = (res: Response): string => `/bots/${botOf(res).id}/broadcasts`;
const ownPath = (res: Response): string => `${basePath(res)}/${broadcastOf(res).id}`;
const contentIn = (req: Request, form: BroadcastForm) => contentOf(form, tenantOf(req).timeZone, new Date());

export function broadcastsRoutes(deps: Deps): Router {
  const { broadcasts, loadBot } = deps;
  const router = Router();
  router.param('id', loadBot);
  // A missing or foreign broadcast is 404 before anything else is checked.
  router.param('broadcastId', async (req, res, next, id: unknown) => {
    res.locals['broadcast'] = await broadcasts.find(tenantOf(req).id, botOf(res).id, id);
    next();
  });
  composing(router, deps);
  editing(router, deps);
  watching(router, deps);
  return router;
}

const composed = (photos: PhotosRepo, view: string, locals: (req: Request, res: Response) => Promise<object>) =>
  [requires('broadcasts'), takePhoto(photos), parseForm(broadcastForm, view, locals), refusePhoto] as RequestHandler[];

function composing(router: Router, { broadcasts, composePage, photos, templates, limits }: Deps): void {
  const tests = limits.limiter('broadcast-test', TESTS);
  const reads = limits.limiter('template-list', READS);
  const checked = composed(photos, 'broadcasts/index', composePage.locals);
  const formIn = (res: Response): BroadcastForm => res.locals['form'];

  router.get('/:id/broadcasts', async (req, res) => {
    res.render('broadcasts/index', await composePage.locals(req, res));
  });

  router.post('/:id/broadcasts', checked, async (req: Request, res: Response) => {
    const { draft } = formIn(res);
    const { id, created } = await broadcasts.create(actorOf(req), botOf(res).id, { draft, content: contentIn(req, formIn(res)) });
    if (!created) flash(req, 'info', 'broadcasts.create.already');
    res.redirect(303, `${basePath(res)}/${id}`);
  });

  router.post('/:id/broadcasts/preview', checked, async (req: Request, res: Response) => {
    const content = contentIn(req, formIn(res));
    const preflight = await broadcasts.preflight(tenantOf(req).id, botOf(res).id, content);
    res.render('broadcasts/preflight', { ...(await composePage.locals(req, res)), form: req.body, content, preflight });
  });

  router.post('/:id/broadcasts/test', checked, async (req: Request, res: Response) => {
    const { testTo } = formIn(res);
    await tests.consume(memberOf(req).user.id);
    await broadcasts.test(actorOf(req), botOf(res).id, { testTo, content: contentIn(req, formIn(res)) });
    res.render('broadcasts/index', { ...(await composePage.locals(req, res)), form: req.body, errors: {}, tested: true });
  });

  router.post('/:id/broadcasts/edit', requires('broadcasts'), async (req, res) => {
    res.render('broadcasts/index', { ...(await composePage.locals(req, res)), form: req.body });
  });

  // Reads the account's templates, and shows the fields of the chosen one.
  router.post('/:id/broadcasts/templates', requires('broadcasts'), takePhoto(photos), async (req: Request, res: Response) => {
    await reads.consume(memberOf(req).user.id);
    const list = await templates(tenantOf(req).id, botOf(res).id);
    const known = 'templates' in list ? list.templates : [];
    req.body = withTemplate(req.body, known);
    const locals = { form: req.body, errors: {}, templates: known, templateRefusal: 'refusal' in list ? list.refusal : null };
    res.render('broadcasts/index', { ...(await composePage.locals(req, res)), ...locals });
  });

  // The preview for public/js/broadcast-compose.js.
  router.post('/:id/broadcasts/look', requires('broadcasts'), async (req, res) => {
    res.json(await composePage.previewsOf(req, res, req.body));
  });

  router.get('/:id/broadcasts/photos/:photoId', async (req, res) => {
    const { photoId } = req.params;
    const photo = isId(photoId) ? await photos.find(tenantOf(req).id, botOf(res).id, photoId) : null;
    if (!photo) throw new NotFoundError();
    sendPhotoFile(res, photo);
  });
}

function editing(router: Router, { broadcasts, composePage, photos }: Deps): void {
  router.get('/:id/broadcasts/:broadcastId/edit', requires('broadcasts'), async (req, res) => {
    const broadcast = broadcastOf(res);
    if (broadcast.state !== 'scheduled') return res.redirect(303, ownPath(res));
    const form = formOf(broadcast, tenantOf(req).timeZone);
    res.render('broadcasts/edit', { ...(await composePage.formLocals(req, res, form)), form, errors: {} });
  });

  const checked = composed(photos, 'broadcasts/edit', (req, res) => composePage.formLocals(req, res));
  router.post('/:id/broadcasts/:broadcastId/edit', checked, async (req: Request, res: Response) => {
    const content = contentIn(req, res.locals['form']);
    const edited = await broadcasts.edit(actorOf(req), botOf(res).id, broadcastOf(res).id, content);
    flash(req, edited ? 'success' : 'error', edited ? 'broadcasts.edit.done' : 'broadcasts.edit.too_late');
    res.redirect(303, ownPath(res));
  });
}

function watching(router: Router, { broadcasts, broadcastStreams, broadcastReport, composePage }: Deps): void {
  async function pageLocals(req: Request, res: Response) {
    const counts = await broadcasts.counts(tenantOf(req).id, broadcastOf(res).id);
    const progress = progressOf(broadcastOf(res), counts);
    const form = formOf(broadcastOf(res), tenantOf(req).timeZone);
    const previews = await composePage.previewsOf(req, res, form);
    return { progress, reasons: reasonsOf(counts), form, previews };
  }
  router.get('/:id/broadcasts/:broadcastId', async (req, res) => {
    res.render('broadcasts/show', await pageLocals(req, res));
  });

  router.get('/:id/broadcasts/:broadcastId/live', async (req, res) => {
    res.render('broadcasts/live', await pageLocals(req, res));
  });

  const watchedOf = (_req: Request, res: Response) => ({ botId: botOf(res).id, id: broadcastOf(res).id });
  router.get('/:id/broadcasts/:broadcastId/events', eventStream(broadcastStreams, watchedOf));

  const pressed = [requires('broadcasts'), parseForm(emptyForm, 'broadcasts/index', composePage.locals)] as RequestHandler[];
  for (const act of ACTS) {
    router.post(`/:id/broadcasts/:broadcastId/${act}`, pressed, async (req: Request, res: Response) => {
      const done = await broadcasts.act(actorOf(req), botOf(res).id, broadcastOf(res).id, act);
      flash(req, done ? 'success' : 'info', done ? `broadcasts.act.${act}_done` : 'broadcasts.act.too_late');
      res.redirect(303, ownPath(res));
    });
  }

  router.post('/:id/broadcasts/:broadcastId/report', pressed, async (req: Request, res: Response) => {
    await broadcasts.exported(actorOf(req), broadcastOf(res).id);
    await sendReport(broadcastReport, tenantOf(req).id, broadcastOf(res).id, res);
  });
}
