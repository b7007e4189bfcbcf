import { type Request, type RequestParamHandler, type Response, Router } from 'express';
import { z } from 'zod';
import type { PasswordConfirmation } from '#features/auth/feature.ts';
import { actorOf } from '#web/actor.ts';
import { flash } from '#web/flash.ts';
import { emptyForm, parseForm } from '#web/form.ts';
import { requires, tenantOf } from '#web/guards.ts';
import type { Limiter } from '#web/limits.ts';
import type { ExportRead } from './export.read.ts';
import type { Rights } from './rights.service.ts';
import { sendExport } from './send-export.ts';

const MONTHS = [1, 3, 6, 12, 24, 36] as const;
const retentionForm = z.strictObject({
  months: z
    .string()
    .refine((text) => text === '' || MONTHS.some((months) => String(months) === text), 'rights.retention.invalid')
    .transform((text) => (text === '' ? null : Number(text))),
});
const eraseForm = z.strictObject({ confirm: z.literal('yes', 'rights.erase.unconfirmed') });

interface Deps {
  rights: Rights;
  exportRead: ExportRead;
  exports: Limiter;
  loadBot: RequestParamHandler;
  confirmed: PasswordConfirmation['confirmed'];
}

export function exportRoutes({ rights, exportRead, exports, confirmed }: Omit<Deps, 'loadBot'>): Router {
  const router = Router();
  router.post('/export', requires('export'), parseForm(emptyForm, 'rights/refused'), confirmed(), async (req, res) => {
    await exports.consume(tenantOf(req).id);
    await rights.exported(actorOf(req));
    await sendExport(exportRead, tenantOf(req).id, res);
  });
  return router;
}

export function rightsRoutes({ rights, loadBot }: Pick<Deps, 'rights' | 'loadBot'>): Router {
  const router = Router();
  const botOf = (res: Response): { id: string } => res.locals['bot'];
  router.param('id', loadBot);

  const dataPage = async (req: Request, res: Response) => ({
    monthChoices: MONTHS,
    form: { months: String((await rights.retention(tenantOf(req).id, botOf(res).id)) ?? '') },
  });
  router.get('/:id/data', requires('settings'), async (req, res) => {
    res.render('rights/data', await dataPage(req, res));
  });

  router.post('/:id/data', requires('settings'), parseForm(retentionForm, 'rights/data', dataPage), async (req, res) => {
    await rights.setRetention(actorOf(req), botOf(res).id, res.locals.form.months);
    flash(req, 'success', 'rights.retention.done');
    res.redirect(303, `/bots/${botOf(res).id}/data`);
  });

  router.param('conversationId', async (req, res, next, id: unknown) => {
    await rights.customerOf(tenantOf(req).id, botOf(res).id, id);
    res.locals['conversationId'] = id;
    next();
  });
  const eraseLocals = (_req: Request, res: Response) => ({ conversationId: res.locals['conversationId'] });
  router.get('/:id/conversations/:conversationId/erase', requires('delete'), (_req, res) => {
    res.render('rights/erase');
  });

  router.post(
    '/:id/conversations/:conversationId/erase',
    requires('delete'),
    parseForm(eraseForm, 'rights/erase', eraseLocals),
    async (req, res) => {
      await rights.erase(actorOf(req), botOf(res).id, req.params.conversationId);
      flash(req, 'success', 'rights.erase.done');
      res.redirect(303, `/bots/${botOf(res).id}/conversations`);
    },
  );
  return router;
}
