import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { SignIn } from '#features/auth/feature.ts';
import { addressOf } from '#web/client-address.ts';
import { flash } from '#web/flash.ts';
import { parseForm } from '#web/form.ts';
import { memberOf } from '#web/guards.ts';
import { type Limiter, limitByAddress } from '#web/limits.ts';
import { rememberLanguage } from '#web/locale.ts';
import type { Invitation } from './invitations.queries.ts';
import type { Invitations } from './invitations.service.ts';
import { joinForm } from './team.schema.ts';

interface Deps {
  invitations: Invitations;
  signIn: Pick<SignIn, 'as'>;
  requests: Limiter;
}

const GONE = 410;
const PAGE = 'team/invitation';
const HOME = '/dashboard';

/** /invitations/:token: for whoever has the link. */
export function invitationRoutes({ invitations, signIn, requests }: Deps): Router {
  const router = Router();
  const path = '/invitations/:token';
  const invitationOf = (res: Response): Invitation => res.locals['invitation'];
  const tokenOf = (req: Request): string => String(req.params['token']);

  const load: RequestHandler = async (req, res, next) => {
    const invitation = await invitations.find(tokenOf(req));
    if (!invitation) return expired(res);
    const belongs = req.user?.businesses.some(({ id }) => id === invitation.tenantId) ?? false;
    Object.assign(res.locals, { invitation, belongs, returnTo: `/invitations/${tokenOf(req)}` });
    next();
  };

  function welcome(req: Request, res: Response): void {
    flash(req, 'success', 'team.done.joined', { business: invitationOf(res).business });
    res.redirect(303, HOME);
  }

  /** Of somebody who is signed in: the button is the consent. */
  const consent: RequestHandler = async (req, res, next) => {
    if (!req.user) return next();
    const { user } = memberOf(req);
    if (res.locals['belongs']) return res.redirect(303, HOME);
    if (!(await invitations.acceptAs(invitationOf(res), tokenOf(req), user.id, addressOf(req)))) return expired(res);
    req.session.tenantId = invitationOf(res).tenantId;
    welcome(req, res);
  };

  router.get(path, load, (_req, res) => res.render(PAGE));

  router.post(path, limitByAddress(requests), load, consent, parseForm(joinForm, PAGE), async (req, res) => {
    const { form, language } = res.locals as unknown as { form: never; language: never };
    const account = await invitations.acceptNew(invitationOf(res), tokenOf(req), { form, language, ip: addressOf(req) });
    if (!account) return expired(res);
    await signIn.as(account, req, res);
    rememberLanguage(req, res, language);
    welcome(req, res);
  });
  return router;
}

const expired = (res: Response): void => res.status(GONE).render('team/expired');
