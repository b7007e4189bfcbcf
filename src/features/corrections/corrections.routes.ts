import { type Request, type RequestParamHandler, type Response, Router } from 'express';
import { actorOf } from '#web/actor.ts';
import { flash } from '#web/flash.ts';
import { parseForm } from '#web/form.ts';
import { memberOf, requires } from '#web/guards.ts';
import type { Limits } from '#web/limits.ts';
import { correctionForm } from './corrections.schema.ts';
import type { Corrected, CorrectionsService } from './corrections.service.ts';

interface Deps {
  corrections: CorrectionsService;
  limits: Limits;
  loadBot: RequestParamHandler;
}

/** Each asks the AI once and may write to a customer. */
const CORRECTIONS = { points: 30, durationSeconds: 10 * 60 };
const TOO_OFTEN = { content: 'corrections.error.too_often' };

const correctedOf = (res: Response): Corrected => res.locals['corrected'];

export function correctionsRoutes({ corrections, limits, loadBot }: Deps): Router {
  const router = Router();
  const allowed = limits.limiter('correction', CORRECTIONS);
  router.param('id', loadBot);
  // A missing or foreign answer is 404 before anything else is checked.
  router.param('messageId', async (req, res, next) => {
    const { conversationId = '', messageId = '' } = req.params as Record<string, string>;
    res.locals['corrected'] = await corrections.find(actorOf(req), { botId: res.locals['bot'].id, conversationId, messageId });
    next();
  });
  const path = '/:id/conversations/:conversationId/messages/:messageId/correct';

  router.get(path, requires('teach'), (_req, res) => {
    const { answer, entry } = correctedOf(res);
    const title = [...answer.question.replace(/\s+/g, ' ')].slice(0, 200).join('');
    res.render('corrections/show', { form: entry ?? { title, content: '' }, errors: {} });
  });

  router.post(path, requires('teach'), parseForm(correctionForm, 'corrections/show'), async (req, res) => {
    await allowed.consume(memberOf(req).user.id, TOO_OFTEN);
    const { sent } = await corrections.correct(actorOf(req), correctedOf(res), res.locals.form);
    flash(req, 'success', sent ? 'corrections.done.sent' : 'corrections.done.saved');
    res.redirect(303, backTo(req, res));
  });

  return router;
}

function backTo(req: Request, res: Response): string {
  const { botId, conversationId, messageId, inPlayground } = correctedOf(res).answer;
  const page = inPlayground ? 'playground' : `conversations/${conversationId}`;
  const before = new URLSearchParams({ before: String(req.query['before'] ?? '') });
  const earlier = !inPlayground && /^\d{1,15}$/.test(before.get('before') ?? '') ? `?${before}` : '';
  return `/bots/${botId}/${page}${earlier}#m${messageId}`;
}
