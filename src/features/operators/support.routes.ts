import { Router } from 'express';
import { z } from 'zod';
import { actorOf } from '#web/actor.ts';
import { flash } from '#web/flash.ts';
import { emptyForm, parseForm } from '#web/form.ts';
import { requires, tenantOf } from '#web/guards.ts';
import type { Support } from './support.service.ts';

const HOURS = ['1', '24', '168'] as const;
const NAMES = ['hour', 'day', 'week'];
const CHOICES = HOURS.map((hours, i) => ({ hours, name: NAMES[i] }));
const grantForm = z.strictObject({ hours: z.enum(HOURS, 'access.error.hours').transform(Number) });

export function supportRoutes({ support }: { support: Support }): Router {
  const router = Router();
  const pageOf = async (req: Parameters<typeof tenantOf>[0]) => {
    const { id } = tenantOf(req);
    return { choices: CHOICES, grant: await support.find(id, new Date()), looks: await support.looks(id) };
  };

  router.get('/support', requires('oversight'), async (req, res) => {
    res.render('support/show', await pageOf(req));
  });

  router.post('/support', requires('oversight'), parseForm(grantForm, 'support/show', pageOf), async (req, res) => {
    await support.grant(actorOf(req), res.locals.form.hours, new Date());
    flash(req, 'success', 'access.done.granted');
    res.redirect(303, '/account/support');
  });

  router.post('/support/end', requires('oversight'), parseForm(emptyForm, 'support/show', pageOf), async (req, res) => {
    await support.end(actorOf(req), new Date());
    flash(req, 'success', 'access.done.ended');
    res.redirect(303, '/account/support');
  });
  return router;
}
