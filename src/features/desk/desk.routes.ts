import { type Request, Router } from 'express';
import { qrCode } from '#platform/qr-code.ts';
import { actorOf } from '#web/actor.ts';
import { flash } from '#web/flash.ts';
import { emptyForm, parseForm } from '#web/form.ts';
import { memberOf } from '#web/guards.ts';
import type { Limiter } from '#web/limits.ts';
import { settingsForm } from './desk.schema.ts';
import type { DeskLinks, DeskPage } from './desk-links.service.ts';

const PAGE = 'desk/index';
const HOURS = Array.from({ length: 24 }, (_, hour) => ({ value: String(hour), label: `${String(hour).padStart(2, '0')}:00` }));

/** The view writes the same. */
const linkOf = ({ bot, code }: DeskPage): string => `https://t.me/${bot?.username}?start=${code?.value}`;

/** /account/telegram: the member's own desk. */
export function deskRoutes({ desk, newCodes }: { desk: DeskLinks; newCodes: Limiter }): Router {
  const router = Router();

  const locals = async (req: Request) => {
    const page = await desk.page(actorOf(req));
    return { ...page, hours: HOURS, qr: page.code && (await qrCode(linkOf(page))) };
  };

  router.get('/', async (req, res) => {
    const page = await locals(req);
    const { quietFrom = null, quietUntil = null, onlyHandoffs = false } = page.link?.settings ?? {};
    const form = { quietFrom: quietFrom ?? '', quietUntil: quietUntil ?? '', onlyHandoffs: onlyHandoffs ? '1' : '' };
    res.set('Cache-Control', 'no-store').render(PAGE, { ...page, form, errors: {} });
  });

  router.post('/', parseForm(emptyForm, PAGE, locals), async (req, res) => {
    await newCodes.consume(memberOf(req).user.id, { form: 'desk.code.too_often' });
    await desk.renew(actorOf(req));
    res.redirect(303, '/account/telegram');
  });

  router.post('/settings', parseForm(settingsForm, PAGE, locals), async (req, res) => {
    await desk.saveSettings(actorOf(req), res.locals.form);
    flash(req, 'success', 'desk.form.saved');
    res.redirect(303, '/account/telegram');
  });

  router.post('/unlink', async (req, res) => {
    await desk.unlink(actorOf(req));
    flash(req, 'success', 'desk.link.unlinked');
    res.redirect(303, '/account/telegram');
  });
  return router;
}
