import { type Request, type RequestParamHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { isLanguage } from '#core/languages.ts';
import { systemPrompt } from '#features/bots/feature.ts';
import { actorOf } from '#web/actor.ts';
import { emptyForm, parseForm } from '#web/form.ts';
import { memberOf, requires, tenantOf } from '#web/guards.ts';
import type { Limits } from '#web/limits.ts';
import type { TrialsService } from './trials.service.ts';

interface Deps {
  trials: TrialsService;
  aiConfigured: boolean;
  limits: Limits;
  loadBot: RequestParamHandler;
}

/** Each asks up to fifty questions. */
const TRIALS = { points: 10, durationSeconds: 60 * 60 };
const TOO_OFTEN = { form: 'quality.run.too_often' };

const replayForm = z.strictObject({ systemPrompt });

/** What a bot would say, before it says it to anybody. */
export function trialsRoutes({ trials, aiConfigured, limits, loadBot }: Deps): Router {
  const router = Router();
  const limiter = limits.limiter('quality-trial', TRIALS);
  const botOf = (res: Response): { id: string; systemPrompt: string } => res.locals['bot'];
  router.param('id', loadBot);

  const replayLocals = async (req: Request, res: Response) => ({
    aiConfigured,
    replay: await trials.replay(tenantOf(req).id, botOf(res).id),
  });
  router.get('/:id/quality/replay', requires('settings'), async (req, res) => {
    const locals = await replayLocals(req, res);
    const form = { systemPrompt: locals.replay?.trial.systemPrompt ?? botOf(res).systemPrompt };
    res.render('quality/replay', { ...locals, form, errors: {} });
  });
  router.post(
    '/:id/quality/replay',
    requires('settings'),
    parseForm(replayForm, 'quality/replay', replayLocals),
    async (req, res) => {
      await limiter.consume(memberOf(req).user.id, TOO_OFTEN);
      await trials.beginReplay(actorOf(req), botOf(res).id, res.locals.form.systemPrompt);
      res.redirect(303, `/bots/${botOf(res).id}/quality/replay`);
    },
  );

  const selfTestLocals = async (req: Request, res: Response) => ({
    aiConfigured,
    selfTest: await trials.selfTest(tenantOf(req).id, botOf(res).id),
  });
  router.get('/:id/quality/self-test', requires('teach'), async (req, res) => {
    res.render('quality/self-test', { ...(await selfTestLocals(req, res)), errors: {} });
  });
  router.post(
    '/:id/quality/self-test',
    requires('teach'),
    parseForm(emptyForm, 'quality/self-test', selfTestLocals),
    async (req, res) => {
      await limiter.consume(memberOf(req).user.id, TOO_OFTEN);
      const { language } = memberOf(req).user;
      await trials.beginSelfTest(actorOf(req), botOf(res).id, isLanguage(language) ? language : 'en');
      res.redirect(303, `/bots/${botOf(res).id}/quality/self-test`);
    },
  );
  return router;
}
