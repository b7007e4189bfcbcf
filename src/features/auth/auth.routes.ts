import { type Request, type RequestHandler, type Response, Router } from 'express';
import { AppError, ValidationError } from '#core/errors.ts';
import { actorOf } from '#web/actor.ts';
import { addressOf } from '#web/client-address.ts';
import { flash } from '#web/flash.ts';
import { parseForm } from '#web/form.ts';
import { type Limiter, limitByAddress } from '#web/limits.ts';
import { rememberLanguage } from '#web/locale.ts';
import { safeReturnTo } from '#web/return-to.ts';
import { codeForm, loginForm, registerForm } from './auth.schema.ts';
import type { AuthService } from './auth.service.ts';
import { answerForm } from './passkeys.schema.ts';
import type { SignIn } from './sign-in.ts';

const HOME = '/dashboard';
const GONE = 410;

interface Deps {
  auth: AuthService;
  signIn: SignIn;
  registrations: Limiter;
  /** Of passkeys. */
  challenges: Limiter;
}

export function authRoutes({ auth, signIn, registrations, challenges }: Deps): Router {
  const router = Router();

  router.get('/register', onlyVisitors, (_req, res) => res.render('auth/register'));

  router.post('/register', limitByAddress(registrations), parseForm(registerForm, 'auth/register'), async (req, res) => {
    const account = await auth.register(res.locals.form, res.locals.language, addressOf(req));
    await signIn.as(account, req, res);
    rememberLanguage(req, res, res.locals.language);
    flash(req, 'success', 'auth.register.done', { username: account.username });
    res.redirect(303, HOME);
  });

  router.get('/login', onlyVisitors, (req, res) => {
    res.render('auth/login', { form: { returnTo: safeReturnTo(req.query.returnTo, '') } });
  });

  router.post('/login', parseForm(loginForm, 'auth/login'), async (req, res) => {
    const { returnTo } = res.locals.form;
    const outcome = await signIn.byPassword(req, res);
    if (outcome === 'wrong') throw new ValidationError({ form: 'auth.login.wrong' });
    const next = safeReturnTo(returnTo, HOME);
    res.redirect(303, outcome === 'in' ? next : `/login/code?returnTo=${encodeURIComponent(next)}`);
  });

  router.get('/login/code', onlyVisitors, async (req, res) => {
    res.render('auth/code', { waiting: await signIn.waiting(req), form: { returnTo: safeReturnTo(req.query['returnTo'], '') } });
  });

  router.post(
    '/login/code',
    parseForm(codeForm, 'auth/code', async (req) => ({ waiting: (await signIn.waiting(req)) ?? {} })),
    async (req, res) => {
      const { code, returnTo } = res.locals.form;
      if (!(await signIn.byCode(code, req, res))) {
        res.status(GONE).render('auth/code', { waiting: null });
        return;
      }
      res.redirect(303, safeReturnTo(returnTo, HOME));
    },
  );

  router.post('/login/passkey/options', limitByAddress(challenges), async (req, res) => {
    const options = await signIn.passkeyOptions(req, res);
    if (!options) throw new AppError(GONE, 'twoFactor.signIn.late');
    res.json(options);
  });

  router.post('/login/passkey', parseForm(answerForm, 'auth/code'), async (req, res) => {
    const { passkey, returnTo } = res.locals.form;
    if (!(await signIn.byPasskey(passkey, req, res))) throw new AppError(GONE, 'twoFactor.signIn.late');
    res.json({ next: safeReturnTo(returnTo, HOME) });
  });

  router.post('/logout', async (req: Request, res: Response) => {
    if (req.user) await auth.left(actorOf(req));
    await signIn.out(req, res);
    res.redirect(303, '/');
  });

  return router;
}

const onlyVisitors: RequestHandler = (req, res, next) => (req.user ? res.redirect(303, HOME) : next());
