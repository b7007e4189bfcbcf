import { type Request, type RequestParamHandler, type Response, Router } from 'express';
import { newId } from '#platform/crypto/ids.ts';
import { actorOf } from '#web/actor.ts';
import { flash } from '#web/flash.ts';
import { parseForm } from '#web/form.ts';
import { memberOf, requireOwner, tenantOf } from '#web/guards.ts';
import type { Limits } from '#web/limits.ts';
import { progressEvents } from './broadcast-events.ts';
import type { Broadcast } from './broadcasts.repo.ts';
import { ACTIVE_DAYS, actForm, type BroadcastForm, broadcastForm, MAX_TEXT_CHARS } from './broadcasts.schema.ts';
import { ACTS, type BroadcastsService, contentOf } from './broadcasts.service.ts';
import { progressOf, reasonsOf } from './present-broadcast.ts';
import type { ProgressStreams } from './progress-streams.ts';
import { type Report, sendReport } from './report.ts';

interface Deps {
  broadcasts: BroadcastsService;
  broadcastStreams: ProgressStreams;
  broadcastReport: Report;
  /** `broadcasts.opt_out` of the bot's own sentences, for the preview. */
  optOutLine: (language: string) => string;
  limits: Limits;
  loadBot: RequestParamHandler;
}

/** A test is a message of ours to somebody: enough for trying words out. */
const TESTS = { points: 30, durationSeconds: 3_600 };

const botOf = (res: Response): { id: string } => res.locals['bot'];
const broadcastOf = (res: Response): Broadcast => res.locals['broadcast'];
const basePath = (res: Response): string => `/bots/${botOf(res).id}/broadcasts`;
const contentIn = (req: Request, form: BroadcastForm) => contentOf(form, tenantOf(req).timeZone, new Date());

/** /bots/:id/broadcasts. Mounted at /bots behind requireMember in src/app.ts. */
export function broadcastsRoutes({ broadcasts, broadcastStreams, broadcastReport, optOutLine, limits, loadBot }: Deps): Router {
  const router = Router();
  const tests = limits.limiter('broadcast-test', TESTS);
  router.param('id', loadBot);
  // Gone, another bot's or another tenant's: 404 before anything else of the route is looked at.
  router.param('broadcastId', async (req, res, next, id: unknown) => {
    res.locals['broadcast'] = await broadcasts.find(tenantOf(req).id, botOf(res).id, id);
    next();
  });

  const pageLocals = async (req: Request, res: Response) => {
    const [tenantId, botId] = [tenantOf(req).id, botOf(res).id];
    const [list, testers] = await Promise.all([broadcasts.list(tenantId, botId), broadcasts.testers(tenantId, botId)]);
    const choices = { activeDays: ACTIVE_DAYS, maxTextChars: MAX_TEXT_CHARS, timeZone: tenantOf(req).timeZone };
    return { broadcasts: list, testers, ...choices, draft: draftOf(req), optOut: optOutLine(res.locals['language']) };
  };
  const composed = parseForm(broadcastForm, 'broadcasts/index', pageLocals);

  router.get('/:id/broadcasts', async (req, res) => {
    res.render('broadcasts/index', await pageLocals(req, res));
  });

  router.post('/:id/broadcasts', requireOwner, composed, async (req, res) => {
    const { form } = res.locals;
    const { id, created } = await broadcasts.create(actorOf(req), botOf(res).id, {
      draft: form.draft,
      content: contentIn(req, form),
    });
    if (!created) flash(req, 'info', 'broadcasts.create.already');
    res.redirect(303, `${basePath(res)}/${id}`);
  });

  router.post('/:id/broadcasts/preview', requireOwner, composed, async (req, res) => {
    const content = contentIn(req, res.locals.form);
    const preflight = await broadcasts.preflight(tenantOf(req).id, botOf(res).id, content);
    res.render('broadcasts/preflight', { ...(await pageLocals(req, res)), form: req.body, content, preflight });
  });

  router.post('/:id/broadcasts/test', requireOwner, composed, async (req, res) => {
    const { form } = res.locals;
    await tests.consume(memberOf(req).user.id);
    await broadcasts.test(actorOf(req), botOf(res).id, { testTo: form.testTo, content: contentIn(req, form) });
    res.render('broadcasts/index', { ...(await pageLocals(req, res)), form: req.body, errors: {}, tested: true });
  });

  // Back from the preflight with everything that was typed; no broadcast is made or changed.
  router.post('/:id/broadcasts/edit', requireOwner, async (req, res) => {
    res.render('broadcasts/index', { ...(await pageLocals(req, res)), form: req.body });
  });

  router.get('/:id/broadcasts/:broadcastId', async (req, res) => {
    const counts = await broadcasts.counts(tenantOf(req).id, broadcastOf(res).id);
    const progress = progressOf(broadcastOf(res), counts);
    res.render('broadcasts/show', { progress, reasons: reasonsOf(counts), optOut: optOutLine(res.locals['language']) });
  });

  router.get('/:id/broadcasts/:broadcastId/events', progressEvents(broadcastStreams));

  for (const act of ACTS) {
    router.post(
      `/:id/broadcasts/:broadcastId/${act}`,
      requireOwner,
      parseForm(actForm, 'broadcasts/index', pageLocals),
      async (req, res) => {
        const done = await broadcasts.act(actorOf(req), botOf(res).id, broadcastOf(res).id, act);
        flash(req, done ? 'success' : 'info', done ? `broadcasts.act.${act}_done` : 'broadcasts.act.too_late');
        res.redirect(303, `${basePath(res)}/${broadcastOf(res).id}`);
      },
    );
  }

  router.post(
    '/:id/broadcasts/:broadcastId/report',
    requireOwner,
    parseForm(actForm, 'broadcasts/index', pageLocals),
    async (req, res) => {
      await broadcasts.exported(actorOf(req), broadcastOf(res).id);
      await sendReport(broadcastReport, tenantOf(req).id, broadcastOf(res).id, res);
    },
  );
  return router;
}

/** The form's own, so that the page that comes back, and the next one, send the same. */
const draftOf = (req: Request): string =>
  typeof req.body?.draft === 'string' && req.body.draft !== '' ? req.body.draft : newId();
