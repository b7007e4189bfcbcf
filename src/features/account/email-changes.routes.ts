import { type Response, Router } from 'express';
import { addressOf } from '#web/client-address.ts';
import { flash } from '#web/flash.ts';
import { type Limiter, limitByAddress } from '#web/limits.ts';
import type { EmailChanges } from './email-changes.service.ts';

const GONE = 410;

/** /confirm-email: for whoever has the link. The page asks, because mail programs open links by themselves. */
export function emailChangeRoutes({ emailChanges, requests }: { emailChanges: EmailChanges; requests: Limiter }): Router {
  const router = Router();

  router.get('/confirm-email/:token', async (req, res) => {
    const change = await emailChanges.find(req.params.token);
    if (!change) return expired(res);
    res.render('account/confirm-email', { email: change.email, username: change.person.username });
  });

  router.post('/confirm-email/:token', limitByAddress(requests), async (req, res) => {
    const confirmed = await emailChanges.confirm(String(req.params.token), addressOf(req));
    if (!confirmed) return expired(res);
    flash(req, 'success', confirmed === 'own' ? 'account.email.own_done' : 'account.email.done');
    res.redirect(303, req.user ? '/account' : '/login');
  });

  return router;
}

const expired = (res: Response): void => res.status(GONE).render('account/confirm-expired');
