import { type Request, Router } from 'express';
import { z } from 'zod';
import { qrCode } from '#platform/qr-code.ts';
import { actorOf } from '#web/actor.ts';
import { flash } from '#web/flash.ts';
import { emptyForm, parseForm } from '#web/form.ts';
import { memberOf } from '#web/guards.ts';
import { sessionKey } from '#web/session.ts';
import { codeField } from './auth.schema.ts';
import type { PasswordConfirmation } from './confirm-password.ts';
import { type PasskeyRouteDeps, passkeysRoutes } from './passkeys.routes.ts';
import type { TwoFactor } from './two-factor.service.ts';

const HERE = '/account/two-factor';
const PAGE = 'account/two-factor';
const codeForm = z.strictObject({ code: codeField });

/** /account/two-factor: one's own authenticator app. */
export function twoFactorRoutes({
  twoFactor,
  confirmation,
  isRequired,
  ...keys
}: Pick<PasskeyRouteDeps, 'passkeys' | 'challenges' | 'siteOf'> & {
  twoFactor: TwoFactor;
  confirmation: Pick<PasswordConfirmation, 'confirmed'>;
  /** Of admins. */
  isRequired: boolean;
}): Router {
  const router = Router();
  const { confirmed } = confirmation;
  const locals = async (req: Request) => {
    const state = await twoFactor.state(memberOf(req));
    const passkeys = state.on ? await keys.passkeys.list(memberOf(req).user.id) : [];
    const mustStay = isRequired && memberOf(req).user.isAdmin;
    return { ...state, passkeys, mustStay, qr: state.address && (await qrCode(state.address)) };
  };
  const showCodes = (req: Request, key: string, codes: string[]): void => flash(req, 'success', key, { link: codes.join(' ') });

  router.use(passkeysRoutes({ ...keys, twoFactor, confirmation, page: PAGE, locals }));

  router.get('/two-factor', async (req, res) => {
    res.render(PAGE, { ...(await locals(req)), form: {}, errors: {} });
  });

  router.post('/two-factor', parseForm(emptyForm, PAGE, locals), confirmed(), async (req, res) => {
    await twoFactor.begin(memberOf(req).user.id);
    res.redirect(303, HERE);
  });

  router.post('/two-factor/confirm', parseForm(codeForm, PAGE, locals), async (req, res) => {
    const codes = await twoFactor.confirm(memberOf(req), actorOf(req), res.locals.form.code, sessionKey(req.sessionID));
    showCodes(req, 'twoFactor.done.on', codes);
    res.redirect(303, HERE);
  });

  router.post('/two-factor/codes', parseForm(codeForm, PAGE, locals), async (req, res) => {
    showCodes(req, 'twoFactor.done.codes', await twoFactor.renewCodes(memberOf(req), actorOf(req), res.locals.form.code));
    res.redirect(303, HERE);
  });

  router.post('/two-factor/off', parseForm(codeForm, PAGE, locals), async (req, res) => {
    await twoFactor.turnOff(memberOf(req), actorOf(req), res.locals.form.code);
    flash(req, 'success', 'twoFactor.done.off');
    res.redirect(303, HERE);
  });
  return router;
}
