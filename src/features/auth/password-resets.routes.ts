import { type Response, Router } from 'express';
import { addressOf } from '#web/client-address.ts';
import { flash } from '#web/flash.ts';
import { parseForm } from '#web/form.ts';
import { type Limiter, limitByAddress } from '#web/limits.ts';
import { forgotForm, resetForm } from './auth.schema.ts';
import type { PasswordResets } from './password-resets.service.ts';
import type { SignIn } from './sign-in.ts';

const GONE = 410;

interface Deps {
  resets: PasswordResets;
  requests: Limiter;
  signIn: Pick<SignIn, 'knowDevice' | 'originOf'>;
}

export function passwordResetRoutes({ resets, requests, signIn }: Deps): Router {
  const router = Router();

  router.get('/forgot-password', (_req, res) => res.render('auth/forgot-password'));

  router.post('/forgot-password', limitByAddress(requests), parseForm(forgotForm, 'auth/forgot-password'), async (req, res) => {
    await resets.request(res.locals.form.email, new Date(), signIn.originOf(req));
    flash(req, 'info', 'auth.forgot.done');
    res.redirect(303, '/login');
  });

  router.get('/reset-password/:token', async (req, res) => {
    if (!(await resets.isValid(req.params.token, new Date()))) return expired(res);
    res.render('auth/reset-password');
  });

  router.post(
    '/reset-password/:token',
    limitByAddress(requests),
    parseForm(resetForm, 'auth/reset-password'),
    async (req, res) => {
      const token = String(req.params.token);
      const account = await resets.redeem(token, res.locals.form.password, new Date(), addressOf(req));
      if (!account) return expired(res);
      signIn.knowDevice(req, res, account);
      flash(req, 'success', 'auth.reset.done');
      res.redirect(303, '/login');
    },
  );

  return router;
}

const expired = (res: Response): void => res.status(GONE).render('auth/reset-expired');
