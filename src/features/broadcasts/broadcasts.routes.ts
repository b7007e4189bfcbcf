import { type Request, type RequestHandler, type RequestParamHandler, type Response, Router } from 'express';
import { NotFoundError } from '#core/errors.ts';
import { isId } from '#platform/crypto/ids.ts';
import { actorOf } from '#web/actor.ts';
import { eventStream } from '#web/event-stream.ts';
import { flash } from '#web/flash.ts';
import { parseForm } from '#web/form.ts';
import { memberOf, requireOwner, tenantOf } from '#web/guards.ts';
import type { Limits } from '#web/limits.ts';
import type { Broadcast } from './broadcast.ts';
import { contentOf } from './broadcast-content.ts';
import { actForm, type BroadcastForm, broadcastForm } from './broadcasts.schema.ts';
import { ACTS, type BroadcastsService } from './broadcasts.service.ts';
import { type ComposePage, formOf } from './compose-page.ts';
import type { PhotosRepo } from './photos.repo.ts';
import { refusePhoto, sendPhotoFile, takePhoto } from './photos.routes.ts';
import { type ProgressStreams, progressOf, reasonsOf } from './progress.ts';
import { type Report, sendReport } from './report.ts';

interface Deps {
  broadcasts: BroadcastsService;
  broadcastStreams: ProgressStreams;
  broadcastReport: Report;
  composePage: ComposePage;
  photos: PhotosRepo;
  limits: Limits;
  loadBot: RequestParamHandler;
}

/** A test is a message of ours to somebody: enough for trying words out. */
const TESTS = { points: 30, durationSeconds: 3_600 };

const botOf = (res: Response): { id: string } => res.locals['bot'];
const broadcastOf = (res: Response): Broadcast => res.locals['broadcast'];
const basePath = (res: Response): string => `/bots/${botOf(res).id}/broadcasts`;
const ownPath = (res: Response): string => `${basePath(res)}/${broadcastOf(res).id}`;
const contentIn = (req: Request, form: BroadcastForm) => contentOf(form, tenantOf(req).timeZone, new Date());

/** /bots/:id/broadcasts. Mounted at /bots behind requireMember in src/app.ts. */
export function broadcastsRoutes(deps: Deps): Router {
  const { broadcasts, loadBot } = deps;
  const router = Router();
  router.param('id', loadBot);
  // Gone, another bot's or another tenant's: 404 before anything else of the route is looked at.
  router.param('broadcastId', async (req, res, next, id: unknown) => {
    res.locals['broadcast'] = await broadcasts.find(tenantOf(req).id, botOf(res).id, id);
    next();
  });
  composing(router, deps);
  editing(router, deps);
  watching(router, deps);
  return router;
}

/** A form with a photo that is sent as multipart, or without one as plain fields. */
const composed = (photos: PhotosRepo, view: string, locals: (req: Request, res: Response) => Promise<object>) =>
  [requireOwner, takePhoto(photos), parseForm(broadcastForm, view, locals), refusePhoto] as RequestHandler[];

function composing(router: Router, { broadcasts, composePage, photos, limits }: Deps): void {
  const tests = limits.limiter('broadcast-test', TESTS);
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

  // Back from the preflight with everything that was typed; no broadcast is made or changed.
  router.post('/:id/broadcasts/edit', requireOwner, async (req, res) => {
    res.render('broadcasts/index', { ...(await composePage.locals(req, res)), form: req.body });
  });

  // What is typed so far as each channel will show it, for public/js/broadcast-compose.js.
  router.post('/:id/broadcasts/look', requireOwner, async (req, res) => {
    res.json(await composePage.previewsOf(req, res, req.body));
  });

  router.get('/:id/broadcasts/photos/:photoId', async (req, res) => {
    const { photoId } = req.params;
    const photo = isId(photoId) ? await photos.find(tenantOf(req).id, botOf(res).id, photoId) : null;
    if (!photo) throw new NotFoundError();
    sendPhotoFile(res, photo);
  });
}

/** A scheduled broadcast, until it begins. */
function editing(router: Router, { broadcasts, composePage, photos }: Deps): void {
  router.get('/:id/broadcasts/:broadcastId/edit', requireOwner, async (req, res) => {
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

/** One that is made: how far it is, its buttons, its report. */
function watching(router: Router, { broadcasts, broadcastStreams, broadcastReport, composePage }: Deps): void {
  router.get('/:id/broadcasts/:broadcastId', async (req, res) => {
    const counts = await broadcasts.counts(tenantOf(req).id, broadcastOf(res).id);
    const progress = progressOf(broadcastOf(res), counts);
    const form = formOf(broadcastOf(res), tenantOf(req).timeZone);
    const previews = await composePage.previewsOf(req, res, form);
    res.render('broadcasts/show', { progress, reasons: reasonsOf(counts), form, previews });
  });

  // The page shows itself anew after the last.
  const watchedOf = (_req: Request, res: Response) => ({ botId: botOf(res).id, id: broadcastOf(res).id });
  router.get('/:id/broadcasts/:broadcastId/events', eventStream(broadcastStreams, { event: 'progress', watchedOf }));

  const pressed = [requireOwner, parseForm(actForm, 'broadcasts/index', composePage.locals)] as RequestHandler[];
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
