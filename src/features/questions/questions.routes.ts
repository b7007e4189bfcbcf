import { type Request, type RequestParamHandler, type Response, Router } from 'express';
import { questionTitle } from '#core/question-title.ts';
import { actorOf } from '#web/actor.ts';
import { eventStream } from '#web/event-stream.ts';
import { flash } from '#web/flash.ts';
import { emptyForm, parseForm } from '#web/form.ts';
import { memberOf, tenantOf } from '#web/guards.ts';
import type { Limits } from '#web/limits.ts';
import type { LiveStreams } from '#web/live-streams.ts';
import { wantsJson } from '#web/wants-json.ts';
import type { Question } from './questions.repo.ts';
import { answerForm, type ListQuery, listQuery } from './questions.schema.ts';
import type { QuestionsService } from './questions.service.ts';

interface Deps {
  questions: QuestionsService;
  questionStreams: LiveStreams;
  limits: Limits;
  loadBot: RequestParamHandler;
}

/** Each answer asks the AI once, each send writes to customers. More than a person types. */
const ACTS = { points: 30, durationSeconds: 60 };
const TOO_OFTEN = { form: 'questions.too_often' };

const botOf = (res: Response): { id: string } => res.locals['bot'];
const questionOf = (res: Response): Question => res.locals['question'];
const pathOf = (res: Response): string => `/bots/${botOf(res).id}/questions`;

export function questionsRoutes({ questions, questionStreams, limits, loadBot }: Deps): Router {
  const router = Router();
  const acts = limits.limiter('question-act', ACTS);
  const count = (req: Request): Promise<void> => acts.consume(memberOf(req).user.id, TOO_OFTEN);
  router.param('id', loadBot);
  // A missing or foreign question is 404 before its form is checked.
  router.param('questionId', async (req, res, next, id: unknown) => {
    res.locals['question'] = await questions.find(tenantOf(req).id, botOf(res).id, id);
    next();
  });

  /** The list, and one question of it: the chosen one, else the first. */
  const pageLocals = async (req: Request, res: Response) => {
    const [tenantId, botId] = [tenantOf(req).id, botOf(res).id];
    const chosen: Question | undefined = questionOf(res);
    const query: ListQuery = { ...listQuery.parse(req.query), ...(chosen && { question: chosen.id }) };
    if (chosen) query.state = chosen.state;
    // Read first, so that no change is missed.
    const version = (await questions.versions([{ tenantId, id: botId }])).get(botId);
    const list = await questions.list(tenantId, botId, query);
    const id = query.question ?? list.rows[0]?.id;
    const shown = chosen ?? (id ? await questions.find(tenantId, botId, id) : null);
    const row = list.rows.find((one) => one.id === shown?.id);
    return {
      ...list,
      version,
      query,
      shown: shown && { ...(await questions.detail(tenantId, shown)), words: row?.question },
      questionTitle,
    };
  };

  router.get('/:id/questions', async (req, res) => {
    if (wantsJson(req)) {
      const rows = await questions.all(tenantOf(req).id, botOf(res).id, listQuery.parse(req.query));
      return void res.json({ items: rows.map(({ total: _total, ...row }) => row) });
    }
    res.render('questions/index', { ...(await pageLocals(req, res)), form: {}, errors: {} });
  });

  router.get('/:id/questions/live', async (req, res) => {
    res.render('questions/list', await pageLocals(req, res));
  });
  router.get(
    '/:id/questions/events',
    eventStream(questionStreams, (_req, res) => ({ botId: botOf(res).id, id: botOf(res).id })),
  );

  const rerender = 'questions/index';
  router.post('/:id/questions/:questionId/answer', parseForm(answerForm, rerender, pageLocals), async (req, res) => {
    await count(req);
    await questions.answer(actorOf(req), questionOf(res), res.locals.form);
    res.redirect(303, `${pathOf(res)}?state=answered&question=${questionOf(res).id}#question`);
  });

  router.post('/:id/questions/:questionId/send', parseForm(emptyForm, rerender, pageLocals), async (req, res) => {
    await count(req);
    await questions.send(actorOf(req), questionOf(res));
    res.redirect(303, `${pathOf(res)}?state=answered&question=${questionOf(res).id}#question`);
  });

  router.post('/:id/questions/:questionId/dismiss', parseForm(emptyForm, rerender, pageLocals), async (req, res) => {
    await questions.dismiss(actorOf(req), questionOf(res));
    flash(req, 'success', 'questions.dismiss.done');
    res.redirect(303, pathOf(res));
  });
  return router;
}
