import { type Request, type RequestParamHandler, type Response, Router } from 'express';
import { actorOf } from '#web/actor.ts';
import { flash } from '#web/flash.ts';
import { emptyForm, parseForm } from '#web/form.ts';
import { memberOf, requires, tenantOf } from '#web/guards.ts';
import type { Limits } from '#web/limits.ts';
import { wantsJson } from '#web/wants-json.ts';
import { goldenForm } from './quality.schema.ts';
import type { QualityService } from './quality.service.ts';

interface Deps {
  quality: QualityService;
  aiConfigured: boolean;
  limits: Limits;
  loadBot: RequestParamHandler;
}

/** Each asks all the questions of a bot. */
const RUNS = { points: 20, durationSeconds: 60 * 60 };
const TOO_OFTEN = { form: 'quality.run.too_often' };

export function qualityRoutes({ quality, aiConfigured, limits, loadBot }: Deps): Router {
  const router = Router();
  const runs = limits.limiter('quality-run', RUNS);
  const botOf = (res: Response): { id: string } => res.locals['bot'];
  const pathOf = (res: Response): string => `/bots/${botOf(res).id}/quality`;
  router.param('id', loadBot);
  // A missing or foreign question is 404 before its form is checked.
  router.param('goldenId', async (req, res, next, id: unknown) => {
    res.locals['golden'] = await quality.find(tenantOf(req).id, botOf(res).id, id);
    next();
  });
  const goldenOf = (res: Response): { id: string } => res.locals['golden'];
  const pageLocals = async (req: Request, res: Response) => ({
    aiConfigured,
    ...(await quality.page(tenantOf(req).id, botOf(res).id)),
  });

  router.get('/:id/quality', async (req, res) => {
    const page = await pageLocals(req, res);
    if (!wantsJson(req)) return res.render('quality/index', { ...page, form: {}, errors: {} });
    const items = page.golden.map(({ id, question, state, before, after }) => {
      return { id, question, before, after: after?.text ?? null, state, right: after?.right ?? null };
    });
    res.json({ items, run: page.current && { state: page.current.state, total: page.current.total } });
  });

  router.post('/:id/quality', requires('teach'), parseForm(goldenForm, 'quality/index', pageLocals), async (req, res) => {
    await quality.add(actorOf(req), botOf(res).id, res.locals.form);
    flash(req, 'success', 'quality.form.done');
    res.redirect(303, pathOf(res));
  });

  router.post('/:id/quality/run', requires('teach'), parseForm(emptyForm, 'quality/index', pageLocals), async (req, res) => {
    await runs.consume(memberOf(req).user.id, TOO_OFTEN);
    await quality.run(actorOf(req), botOf(res).id);
    flash(req, 'success', 'quality.run.done');
    res.redirect(303, pathOf(res));
  });

  router.get('/:id/quality/:goldenId', requires('teach'), (_req, res) => {
    res.render('quality/edit', { form: formOf(res.locals['golden']), errors: {} });
  });

  router.post('/:id/quality/:goldenId', requires('teach'), parseForm(goldenForm, 'quality/edit'), async (req, res) => {
    await quality.change(actorOf(req), botOf(res).id, goldenOf(res).id, res.locals.form);
    flash(req, 'success', 'quality.form.done');
    res.redirect(303, pathOf(res));
  });

  for (const act of ['remove', 'accept'] as const) {
    const path = `/:id/quality/:goldenId/${act}`;
    router.post(path, requires('teach'), parseForm(emptyForm, 'quality/index', pageLocals), async (req, res) => {
      await quality[act](actorOf(req), botOf(res).id, goldenOf(res).id);
      flash(req, 'success', `quality.${act}.done`);
      res.redirect(303, pathOf(res));
    });
  }
  return router;
}

interface StoredGolden {
  question: string;
  mustContain: string[];
  mustNotContain: string[];
  mustRefuse: boolean;
  rubric: string;
}

/** The fields of the form. */
const formOf = ({ question, mustContain, mustNotContain, mustRefuse, rubric }: StoredGolden) => ({
  ...{ question, rubric, mustRefuse: mustRefuse ? '1' : '' },
  mustContain: mustContain.join('\n'),
  mustNotContain: mustNotContain.join('\n'),
});
