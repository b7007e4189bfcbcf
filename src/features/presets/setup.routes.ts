import { type Request, type RequestParamHandler, type Response, Router } from 'express';
import { PAYMENT_METHODS } from '#core/business-facts.ts';
import { actorOf } from '#web/actor.ts';
import { flash } from '#web/flash.ts';
import { parseForm } from '#web/form.ts';
import { requires, tenantOf } from '#web/guards.ts';
import type { SetupService } from './setup.service.ts';
import { setupForm } from './setup-form.ts';

interface Deps {
  setup: SetupService;
  loadBot: RequestParamHandler;
}

/** Step two of a new bot, between its trade and the first try. */
export function setupRoutes({ setup, loadBot }: Deps): Router {
  const router = Router();
  const botOf = (res: Response): { id: string } => res.locals['bot'];
  const locals = async (req: Request, res: Response) => ({
    ...(await setup.page(tenantOf(req), botOf(res).id)),
    methods: PAYMENT_METHODS,
  });
  router.param('id', loadBot);

  router.get('/:id/setup', requires('settings'), async (req, res) => {
    res.render('presets/setup', { ...(await locals(req, res)), form: {}, errors: {} });
  });

  router.post('/:id/setup', requires('settings'), parseForm(setupForm, 'presets/setup', locals), async (req, res) => {
    const { ready, left } = await setup.save(actorOf(req), botOf(res).id, res.locals.form, tenantOf(req).timeZone);
    if (ready > 0) flash(req, 'success', 'presets.saved.ready', { count: ready });
    if (left > 0) flash(req, 'info', 'presets.saved.left', { count: left });
    res.redirect(303, `/bots/${botOf(res).id}/playground?step=3`);
  });

  return router;
}
