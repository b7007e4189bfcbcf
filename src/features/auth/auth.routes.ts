import { type Request, type RequestHandler, type Response, Router } from 'express';
import { ValidationError } from '#core/errors.ts';
import { actorOf } from '#web/actor.ts';
import { flash } from '#web/flash.ts';
import { parseForm } from '#web/form.ts';
import { addressOf, type Limiter, limitByAddress } from '#web/limits.ts';
import { rememberLanguage } from '#web/locale.ts';
import { safeReturnTo } from '#web/return-to.ts';
import { loginForm, registerForm } from './auth.schema.ts';
import type { AuthService } from './auth.service.ts';
import type { SignIn } from './sign-in.ts';

const HOME = '/dashboard';

interface Deps {
  auth: AuthService;
  signIn: SignIn;
  registrations: Limiter;
}

/** /register, /login, /logout. */
export function authRoutes({ auth, signIn, registrations }: Deps): Router {
  const router = Router();

  router.get('/register', onlyVisitors, (_req, res) => res.render('auth/register'));

  router.post('/register', limitByAddress(registrations), parseForm(registerForm, 'auth/register'), async (req, res) => {
    const userId = await auth.register(res.locals.form, res.locals.language, addressOf(req));
    await signIn.as(userId, req, res);
    rememberLanguage(req, res, res.locals.language);
    flash(req, 'success', 'auth.register.done', { username: res.locals.form.username });
    res.redirect(303, HOME);
  });

  router.get('/login', onlyVisitors, (req, res) => {
    res.render('auth/login', { form: { returnTo: safeReturnTo(req.query.returnTo, '') } });
  });

  router.post('/login', parseForm(loginForm, 'auth/login'), async (req, res) => {
    if (!(await signIn.byPassword(req, res))) throw new ValidationError({ form: 'auth.login.wrong' });
    res.redirect(303, safeReturnTo(res.locals.form.returnTo, HOME));
  });

  router.post('/logout', async (req: Request, res: Response) => {
    if (req.user) await auth.left(actorOf(req));
    await signIn.out(req, res);
    res.redirect(303, '/');
  });

  return router;
}

const onlyVisitors: RequestHandler = (req, res, next) => (req.user ? res.redirect(303, HOME) : next());
