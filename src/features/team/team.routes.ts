import { type Request, Router } from 'express';
import { RIGHTS, type Right, ROLES, rightsOf } from '#core/rights.ts';
import type { PasswordConfirmation, SignIn } from '#features/auth/feature.ts';
import { actorOf } from '#web/actor.ts';
import { addressOf } from '#web/client-address.ts';
import { flash } from '#web/flash.ts';
import { emptyForm, parseForm } from '#web/form.ts';
import { memberOf, requires, tenantOf } from '#web/guards.ts';
import type { Invitations } from './invitations.service.ts';
import { inviteForm, nameForm, roleForm } from './team.schema.ts';
import type { Team } from './team.service.ts';

interface Deps {
  team: Team;
  invitations: Invitations;
  confirmed: PasswordConfirmation['confirmed'];
  signIn: Pick<SignIn, 'out'>;
}

const PAGE = 'team/index';
const HERE = '/account/team';

/** /account/team: who works here and what they may do. Also /account/business: which business one looks at. */
export function teamRoutes({ team, invitations, confirmed, signIn }: Deps): Router {
  const router = Router();
  const locals = async (req: Request) => {
    const { id } = tenantOf(req);
    return {
      people: await team.members(id),
      invitations: rightsOf(memberOf(req).role).team ? await invitations.list(id) : [],
      rights: (Object.keys(RIGHTS) as Right[]).map((right) => ({ right, all: RIGHTS[right].length === ROLES.length })),
      now: new Date(),
    };
  };
  // A missing or foreign person is 404 before anything else is checked.
  router.param('userId', async (req, _res, next, userId: unknown) => {
    await team.ensure(tenantOf(req).id, userId);
    next();
  });
  // Who makes an owner gives the business away.
  const makesOwner = confirmed((form) => form['role'] === 'owner');

  router.get('/team', async (req, res) => {
    res.render(PAGE, { ...(await locals(req)), form: { role: 'operator' }, errors: {} });
  });

  addInvitations(router, { invitations, locals, makesOwner });

  router.post('/team/name', requires('team'), parseForm(nameForm, PAGE, locals), async (req, res) => {
    await team.rename(actorOf(req), res.locals['form'].name);
    flash(req, 'success', 'team.done.renamed');
    res.redirect(303, HERE);
  });

  router.post('/team/leave', parseForm(emptyForm, PAGE, locals), async (req, res) => {
    const { tenant, user } = memberOf(req);
    await team.remove(actorOf(req), user.id);
    await signIn.out(req, res);
    flash(req, 'info', 'team.done.left', { business: tenant.name });
    res.redirect(303, '/login');
  });

  router.post('/team/:userId/role', requires('team'), parseForm(roleForm, PAGE, locals), makesOwner, async (req, res) => {
    await team.setRole(actorOf(req), String(req.params['userId']), res.locals['form'].role);
    flash(req, 'success', 'team.done.role');
    res.redirect(303, HERE);
  });

  router.post('/team/:userId/remove', requires('team'), parseForm(emptyForm, PAGE, locals), async (req, res) => {
    await team.remove(actorOf(req), String(req.params['userId']));
    flash(req, 'success', 'team.done.removed');
    res.redirect(303, HERE);
  });

  router.post('/business', async (req, res) => {
    req.session.tenantId = await team.choose(memberOf(req).user.id, req.body['tenantId']);
    res.redirect(303, '/dashboard');
  });
  return router;
}

interface InvitationDeps {
  invitations: Invitations;
  locals: (req: Request) => Promise<object>;
  makesOwner: ReturnType<PasswordConfirmation['confirmed']>;
}

function addInvitations(router: Router, { invitations, locals, makesOwner }: InvitationDeps): void {
  /** The link is shown once, on the next page. */
  const show = (req: Request, { link, email }: { link: string; email: string | null }): void =>
    flash(req, 'success', email ? 'team.done.invited' : 'team.done.link', { link, ...(email && { email }) });

  router.post('/team/invitations', requires('team'), parseForm(inviteForm, PAGE, locals), makesOwner, async (req, res) => {
    show(req, await invitations.invite(memberOf(req), res.locals['form'], addressOf(req)));
    res.redirect(303, HERE);
  });

  router.post('/team/invitations/:invitationId/resend', requires('team'), async (req, res) => {
    show(req, await invitations.sendAgain(memberOf(req), String(req.params['invitationId']), addressOf(req)));
    res.redirect(303, HERE);
  });

  router.post('/team/invitations/:invitationId/withdraw', requires('team'), async (req, res) => {
    await invitations.withdraw(memberOf(req), String(req.params['invitationId']), addressOf(req));
    flash(req, 'success', 'team.done.withdrawn');
    res.redirect(303, HERE);
  });
}
