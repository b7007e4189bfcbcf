import { type Request, type RequestParamHandler, type Response, Router } from 'express';
import { flash } from '#web/flash.ts';
import { emptyForm, parseForm } from '#web/form.ts';
import { memberOf } from '#web/guards.ts';
import type { Limits } from '#web/limits.ts';
import { wantsJson } from '#web/wants-json.ts';
import type { PlaygroundOf } from './playground.queries.ts';
import { MAX_TEXT_CHARS, playgroundForm } from './playground.schema.ts';
import type { PlaygroundAnswer, PlaygroundService } from './playground.service.ts';

interface Deps {
  playgrounds: PlaygroundService;
  limits: Limits;
  loadBot: RequestParamHandler;
}

/** Enough for a person trying things out, little enough that the page is no cheap way to the AI. */
const QUESTIONS = { points: 20, durationSeconds: 60 };

/** /bots/:id/playground. Mounted at /bots behind requireMember in src/app.ts. */
export function playgroundRoutes({ playgrounds, limits, loadBot }: Deps): Router {
  const router = Router();
  const questions = limits.limiter('playground', QUESTIONS);
  const ofRequest = (req: Request, res: Response): PlaygroundOf => {
    const { tenant, user } = memberOf(req);
    return { tenantId: tenant.id, botId: res.locals['bot'].id, userId: user.id };
  };
  const locals = async (req: Request, res: Response) => ({
    ...(await playgrounds.page(ofRequest(req, res))),
    secondsShown,
    maxTextChars: MAX_TEXT_CHARS,
  });

  router.param('id', loadBot);

  router.get('/:id/playground', async (req, res) => {
    res.render('playground/show', await locals(req, res));
  });

  router.post('/:id/playground', parseForm(playgroundForm, 'playground/show', locals), async (req, res) => {
    await questions.consume(memberOf(req).user.id);
    const answer = await playgrounds.ask(ofRequest(req, res), res.locals.form.text, String(res.locals['language']));
    if (wantsJson(req)) return void res.json(present(answer, res));
    res.redirect(303, `/bots/${res.locals['bot'].id}/playground#latest`);
  });

  router.post('/:id/playground/reset', parseForm(emptyForm, 'playground/show', locals), async (req, res) => {
    await playgrounds.reset(ofRequest(req, res));
    flash(req, 'success', 'playground.reset.done');
    res.redirect(303, `/bots/${res.locals['bot'].id}/playground`);
  });

  return router;
}

/** What a script gets; `words` are what the page says beside the answer, in the page's language. */
function present({ text, mode, reason, sources, tookMs }: PlaygroundAnswer & { tookMs: number }, { locals }: Response) {
  const { t, formatNumber } = locals as { t: (key: string, params?: object) => string; formatNumber: (n: number) => string };
  // That there is no key stands above the conversation already.
  const said = reason === 'no_key' ? null : reason;
  return {
    reply: text,
    sources,
    mode,
    reason,
    tookMs,
    words: {
      mode: t(`playground.mode.${mode}`),
      reason: said && t(`reasons.ai.${said}`),
      remedy: said && t(`reasons.ai.${said}_remedy`),
      took: t('playground.message.took', { seconds: formatNumber(secondsShown(tookMs)) }),
    },
  };
}

/** Tenths of a second, at least one. */
const secondsShown = (tookMs: number): number => Math.max(1, Math.round(tookMs / 100)) / 10;
