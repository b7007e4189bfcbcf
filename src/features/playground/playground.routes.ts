import { type Request, type RequestParamHandler, type Response, Router } from 'express';
import { isCharged } from '#answering/answer.ts';
import { outcomeColumns } from '#core/answer-outcome.ts';
import { shownText } from '#core/words/message-parts.ts';
import { type Fact, receiptOf, type Words } from '#features/conversations/feature.ts';
import { flash } from '#web/flash.ts';
import { emptyForm, parseForm } from '#web/form.ts';
import { memberOf } from '#web/guards.ts';
import type { Limits } from '#web/limits.ts';
import { wantsJson } from '#web/wants-json.ts';
import type { PlaygroundMessage, PlaygroundOf, SavedAnswer } from './playground.queries.ts';
import { MAX_TEXT_CHARS, playgroundForm } from './playground.schema.ts';
import type { GivenAnswer, PlaygroundService } from './playground.service.ts';

interface Deps {
  playgrounds: PlaygroundService;
  limits: Limits;
  usdUzs: number;
  loadBot: RequestParamHandler;
}

/** Enough for trying out, too few for cheap use of the AI. */
const QUESTIONS = { points: 20, durationSeconds: 60 };

export function playgroundRoutes({ playgrounds, limits, usdUzs, loadBot }: Deps): Router {
  const router = Router();
  const questions = limits.limiter('playground', QUESTIONS);
  const ofRequest = (req: Request, res: Response): PlaygroundOf => {
    const { tenant, user } = memberOf(req);
    return { tenantId: tenant.id, botId: res.locals['bot'].id, userId: user.id };
  };
  const locals = async (req: Request, res: Response) => ({
    ...(await playgrounds.page(ofRequest(req, res))),
    isNew: req.query['step'] === '3',
    secondsShown,
    receiptOf: (message: PlaygroundMessage) =>
      receiptOf(
        { ...message, charged: isCharged({ mode: message.mode, blocked: message.reason === 'blocked' }) },
        wordsOf(res),
        usdUzs,
      ),
    maxTextChars: MAX_TEXT_CHARS,
  });

  router.param('id', loadBot);

  router.get('/:id/playground', async (req, res) => {
    res.render('playground/show', await locals(req, res));
  });

  router.post('/:id/playground', parseForm(playgroundForm, 'playground/show', locals), async (req, res) => {
    await questions.consume(memberOf(req).user.id);
    const answer = await playgrounds.ask(ofRequest(req, res), res.locals.form.text, String(res.locals['language']));
    if (wantsJson(req)) return void res.json(present(answer, res, usdUzs));
    res.redirect(303, `/bots/${res.locals['bot'].id}/playground#latest`);
  });

  router.post('/:id/playground/reset', parseForm(emptyForm, 'playground/show', locals), async (req, res) => {
    await playgrounds.reset(ofRequest(req, res));
    flash(req, 'success', 'playground.reset.done');
    res.redirect(303, `/bots/${res.locals['bot'].id}/playground`);
  });

  return router;
}

/** The response to a script; `words` are the page's texts beside the answer. */
function present(answer: GivenAnswer, res: Response, usdUzs: number) {
  const { text, mode, reason, sources, tookMs, outcome, saved } = answer;
  const words = wordsOf(res);
  const { t, formatNumber } = words;
  // The missing key is reported above the conversation already.
  const said = reason === 'no_key' ? null : reason;
  return {
    reply: shownText(text, mode),
    sources,
    mode,
    reason,
    tookMs,
    choices: labelsOf(answer.choices),
    correctPath: saved && correctPathOf(res, saved),
    facts: receiptOf({ ...answer, ...outcomeColumns(outcome), charged: isCharged(answer) }, words, usdUzs) satisfies Fact[],
    words: {
      mode: t(`playground.mode.${mode}`),
      reason: said && t(`reasons.ai.${said}`),
      remedy: said && t(`reasons.ai.${said}_remedy`),
      took: t('playground.message.took', { seconds: formatNumber(secondsShown(tookMs)) }),
    },
  };
}

/** What may be pressed in place of writing it. */
const labelsOf = (choices: GivenAnswer['choices']): string[] => choices?.items.map(({ label }) => label) ?? [];

const correctPathOf = (res: Response, { conversationId, messageId }: SavedAnswer): string =>
  `/bots/${res.locals['bot'].id}/conversations/${conversationId}/messages/${messageId}/correct`;

const wordsOf = ({ locals }: Response): Words => locals as unknown as Words;

/** Tenths of a second, at least one. */
const secondsShown = (tookMs: number): number => Math.max(1, Math.round(tookMs / 100)) / 10;
