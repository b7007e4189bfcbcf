import { type Request, Router } from 'express';
import { NotFoundError } from '#core/errors.ts';
import { isId } from '#platform/crypto/ids.ts';
import { actorOf } from '#web/actor.ts';
import { flash } from '#web/flash.ts';
import { emptyForm, parseForm } from '#web/form.ts';
import { memberOf } from '#web/guards.ts';
import { refresh } from '#web/sign-in.ts';
import type { PasswordConfirmation } from './confirm-password.ts';
import type { PasskeyChallenges } from './passkey-challenge.ts';
import { answerForm, passkeyForm } from './passkeys.schema.ts';
import type { Passkeys, Site } from './passkeys.service.ts';
import type { TwoFactor } from './two-factor.service.ts';

const HERE = '/account/two-factor';

export interface PasskeyRouteDeps {
  passkeys: Passkeys;
  challenges: PasskeyChallenges;
  siteOf: (req: Request) => Site;
  twoFactor: Pick<TwoFactor, 'isOn'>;
  confirmation: Pick<PasswordConfirmation, 'confirmed'>;
  /** The page that lists them, when a form is refused. */
  page: string;
  locals: (req: Request) => Promise<object>;
}

/** /account/passkeys: one's own passkeys, and confirming an act with one. public/js/passkeys.js sends these forms. */
export function passkeysRoutes({
  passkeys,
  challenges,
  siteOf,
  twoFactor,
  confirmation,
  page,
  locals,
}: PasskeyRouteDeps): Router {
  const router = Router();
  const { confirmed } = confirmation;

  router.post('/passkeys/options', parseForm(emptyForm, page, locals), confirmed(), async (req, res) => {
    const member = memberOf(req);
    // The recovery codes come with the app: without them a lost telephone would lock its person out.
    if (!(await twoFactor.isOn(member.user.id))) throw new NotFoundError();
    res.json(await passkeys.creationOptions(member, challenges.begin(req, res, 'add', member.user.id), siteOf(req)));
  });

  router.post('/passkeys', parseForm(passkeyForm, page, locals), confirmed(), async (req, res) => {
    const member = memberOf(req);
    if (!(await twoFactor.isOn(member.user.id))) throw new NotFoundError();
    const { name, passkey: response } = res.locals.form;
    const challenge = challenges.take(req, res, 'add', member.user.id);
    await passkeys.add(member, actorOf(req), { name, response, challenge, site: siteOf(req) });
    req.session.hasPasskey = true;
    flash(req, 'success', 'twoFactor.passkey.added', { name });
    res.json({ next: HERE });
  });

  router.post('/passkeys/challenge', parseForm(emptyForm, page, locals), async (req, res) => {
    const { id } = memberOf(req).user;
    res.json(await passkeys.requestOptions(id, challenges.begin(req, res, 'confirm', id), siteOf(req), 'required'));
  });

  // S29 (sensitive change by a hijacked session): in place of the password.
  router.post('/passkeys/confirm', parseForm(answerForm, page, locals), async (req, res) => {
    const { id } = memberOf(req).user;
    const challenge = challenges.take(req, res, 'confirm', id);
    await passkeys.check(id, { response: res.locals.form.passkey, challenge, site: siteOf(req), verified: true });
    refresh(req);
    res.json({ confirmed: true });
  });

  router.post('/passkeys/:passkeyId/remove', parseForm(emptyForm, page, locals), confirmed(), async (req, res) => {
    const { passkeyId } = req.params;
    if (!isId(passkeyId)) throw new NotFoundError();
    await passkeys.remove(memberOf(req), actorOf(req), passkeyId);
    flash(req, 'success', 'twoFactor.passkey.removed');
    res.redirect(303, HERE);
  });
  return router;
}
