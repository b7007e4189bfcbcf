import { type Request, type RequestHandler, type RequestParamHandler, type Response, Router } from 'express';
import { LimitReachedError, ValidationError } from '#core/errors.ts';
import { entryForm } from '#features/knowledge/feature.ts';
import { actorOf } from '#web/actor.ts';
import { eventStream } from '#web/event-stream.ts';
import { flash } from '#web/flash.ts';
import { emptyForm, parseForm } from '#web/form.ts';
import { memberOf, requires, tenantOf } from '#web/guards.ts';
import type { Limits } from '#web/limits.ts';
import type { LiveStreams } from '#web/live-streams.ts';
import { wantsJson } from '#web/wants-json.ts';
import type { DraftRow, Import } from './import.ts';
import { type AgainForm, againForm, chosenForm, type ImportForm, importForm, pageQuery } from './imports.schema.ts';
import type { ImportsService } from './imports.service.ts';
import { noteWords, sourcesIn } from './present.ts';

interface Deps {
  imports: ImportsService;
  streams: LiveStreams;
  limits: Limits;
  loadBot: RequestParamHandler;
}

/** Reading costs a thread's time and, for photos, the AI. */
const IMPORTS = { points: 60, durationSeconds: 3_600 };

const botOf = (res: Response): { id: string } => res.locals['bot'];
const importOf = (res: Response): Import => res.locals['import'];
const draftOf = (res: Response): DraftRow => res.locals['draft'];
const basePath = (res: Response): string => `/bots/${botOf(res).id}/knowledge/import`;
const ownPath = (res: Response): string => `${basePath(res)}/${importOf(res).id}`;

export function importsRoutes(deps: Deps): Router {
  const { imports, loadBot } = deps;
  const router = Router();
  router.param('id', loadBot);
  // A missing or foreign import is 404 before anything else is checked.
  router.param('importId', async (req, res, next, id: unknown) => {
    res.locals['import'] = await imports.find(tenantOf(req).id, botOf(res).id, id);
    next();
  });
  router.param('draftId', async (req, res, next, id: unknown) => {
    res.locals['draft'] = await imports.findDraft(tenantOf(req).id, importOf(res).id, id);
    next();
  });
  starting(router, deps);
  watching(router, deps);
  reviewing(router, deps);
  readingAgain(router, deps);
  editing(router, deps);
  return router;
}

function starting(router: Router, { imports, limits }: Deps): void {
  const started = limits.limiter('knowledge-import', IMPORTS);
  const locals = async (req: Request, res: Response) => ({ imports: await imports.list(tenantOf(req).id, botOf(res).id) });

  router.get('/:id/knowledge/import', async (req, res) => {
    res.render('imports/index', { ...(await locals(req, res)), form: {}, errors: {} });
  });

  const checked = [requires('teach'), parseForm(importForm, 'imports/index', locals)] as RequestHandler[];
  router.post('/:id/knowledge/import', checked, async (req: Request, res: Response) => {
    const sources = sourcesIn(req, res.locals['form'] as ImportForm);
    await started.consume(memberOf(req).user.id, { form: 'imports.form.too_often' });
    const id = await imports.start(actorOf(req), botOf(res).id, res.locals['language'], sources);
    res.redirect(303, `${basePath(res)}/${id}`);
  });
}

const shown = (imports: ImportsService) => async (req: Request, res: Response) => {
  const [tenantId, { page }] = [tenantOf(req).id, pageQuery.parse(req.query)];
  const progress = await imports.progress(tenantId, importOf(res));
  const site = await imports.siteOf(tenantId, importOf(res).id);
  return { ...progress, ...(await imports.page(tenantId, importOf(res).id, page)), site, form: {}, errors: {} };
};

function watching(router: Router, { imports, streams }: Deps): void {
  router.get('/:id/knowledge/import/:importId', async (req, res) => {
    if (!wantsJson(req)) return res.render('imports/show', await shown(imports)(req, res));
    const { done, total } = await imports.progress(tenantOf(req).id, importOf(res));
    const drafts = await imports.allOpen(tenantOf(req).id, importOf(res).id);
    const withNote = drafts.map(({ id, title, content, notes }) => ({
      id,
      title,
      content,
      ...(notes.length > 0 && { note: noteWords(res.locals['t'], notes).join(' ') }),
    }));
    res.json({ state: importOf(res).state, done, total, drafts: withNote });
  });

  router.get('/:id/knowledge/import/:importId/live', async (req, res) => {
    res.render('imports/live', await shown(imports)(req, res));
  });

  const watchedOf = (_req: Request, res: Response) => ({ botId: botOf(res).id, id: importOf(res).id });
  router.get('/:id/knowledge/import/:importId/events', eventStream(streams, watchedOf));
}

function reviewing(router: Router, { imports }: Deps): void {
  const pressed = [requires('teach'), parseForm(chosenForm, 'imports/show', shown(imports))] as RequestHandler[];
  const idsOf = (res: Response): string[] | null => (res.locals['form'] as { ids: string[] | null }).ids;
  const someOf = (res: Response): string[] => {
    const ids = idsOf(res);
    if (!ids) throw new ValidationError({ ids: 'imports.review.none_chosen' });
    return ids;
  };

  router.post('/:id/knowledge/import/:importId/accept', pressed, async (req: Request, res: Response) => {
    const { added, left } = await imports.accept(actorOf(req), botOf(res).id, importOf(res).id, idsOf(res));
    if (added === 0) throw new LimitReachedError('imports.review.no_room', { count: left });
    flash(req, 'success', 'imports.review.accepted', { count: added });
    if (left > 0) flash(req, 'error', 'imports.review.no_room', { count: left });
    res.redirect(303, ownPath(res));
  });

  router.post('/:id/knowledge/import/:importId/refuse', pressed, async (req: Request, res: Response) => {
    const count = await imports.refuse(actorOf(req), botOf(res).id, importOf(res).id, someOf(res));
    flash(req, 'info', 'imports.review.refused', { count });
    res.redirect(303, ownPath(res));
  });

  router.post('/:id/knowledge/import/:importId/join', pressed, async (req: Request, res: Response) => {
    await imports.join(actorOf(req), botOf(res).id, importOf(res).id, someOf(res));
    flash(req, 'success', 'imports.review.joined');
    res.redirect(303, ownPath(res));
  });

  const asked = [requires('teach'), parseForm(emptyForm, 'imports/show', shown(imports))] as RequestHandler[];
  router.post('/:id/knowledge/import/:importId/cancel', asked, async (req: Request, res: Response) => {
    const done = await imports.cancel(actorOf(req), botOf(res).id, importOf(res).id);
    flash(req, 'info', done ? 'imports.show.cancelled' : 'imports.show.already_done');
    res.redirect(303, ownPath(res));
  });
}

function readingAgain(router: Router, { imports, limits }: Deps): void {
  const started = limits.limiter('knowledge-import', IMPORTS);
  const asked = [requires('teach'), parseForm(againForm, 'imports/show', shown(imports))] as RequestHandler[];
  router.post('/:id/knowledge/import/:importId/again', asked, async (req: Request, res: Response) => {
    const { act, weekly } = res.locals['form'] as AgainForm;
    if (act === 'weekly') {
      await imports.setWeekly(actorOf(req), botOf(res).id, importOf(res).id, weekly === '1');
      flash(req, 'success', weekly === '1' ? 'imports.again.weekly_on' : 'imports.again.weekly_off');
      return void res.redirect(303, ownPath(res));
    }
    await started.consume(memberOf(req).user.id, { form: 'imports.form.too_often' });
    const id = await imports.again(actorOf(req), botOf(res).id, importOf(res).id);
    res.redirect(303, `${basePath(res)}/${id}`);
  });
}

function editing(router: Router, { imports }: Deps): void {
  router.get('/:id/knowledge/import/:importId/drafts/:draftId', async (_req, res) => {
    res.render('imports/draft', { form: draftOf(res), errors: {} });
  });

  const checked = [requires('teach'), parseForm(entryForm, 'imports/draft')] as RequestHandler[];
  router.post('/:id/knowledge/import/:importId/drafts/:draftId', checked, async (req: Request, res: Response) => {
    const form = res.locals['form'] as { title: string; content: string };
    const count = await imports.edit(actorOf(req), botOf(res).id, importOf(res).id, draftOf(res), form);
    flash(req, 'success', count > 1 ? 'imports.draft.split' : 'imports.draft.saved', { count });
    res.redirect(303, ownPath(res));
  });
}
