import { type Request, Router } from 'express';
import { LANGUAGES } from '#core/languages.ts';
import { UNPROVEN_ANSWERS } from '#core/plans.ts';
import type { PasswordConfirmation, SignIn } from '#features/auth/feature.ts';
import { addressOf } from '#web/client-address.ts';
import { flash } from '#web/flash.ts';
import { parseForm } from '#web/form.ts';
import { memberOf } from '#web/guards.ts';
import { rememberLanguage } from '#web/locale.ts';
import { sessionKey } from '#web/session.ts';
import { deleteForm, passwordForm, profileForm } from './account.schema.ts';
import type { AccountService } from './account.service.ts';
import { browserName } from './browser-name.ts';
import type { EmailChanges } from './email-changes.service.ts';

const LANGUAGE_NAMES = { en: 'English', ru: 'Русский', uz: 'Oʻzbekcha' };
const PAGE = 'account/index';

interface Deps {
  account: AccountService;
  emailChanges: Pick<EmailChanges, 'waiting' | 'unproven' | 'askOwn'>;
  signIn: Pick<SignIn, 'as' | 'out'>;
  confirmation: Pick<PasswordConfirmation, 'ensure'>;
  aiConfigured: boolean;
}

export function accountRoutes({ account, emailChanges, signIn, confirmation, aiConfigured }: Deps): Router {
  const router = Router();

  const locals = (refused: 'profile' | 'password' | 'delete' | null) => async (req: Request) => ({
    refused,
    waitingEmail: await emailChanges.waiting(memberOf(req).user.id),
    unproven: aiConfigured && memberOf(req).role === 'owner' && (await emailChanges.unproven(memberOf(req).tenant.id)),
    unprovenAnswers: UNPROVEN_ANSWERS,
    languages: LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] })),
    sessions: (await account.sessions(memberOf(req))).map((session) => ({ ...session, browser: browserName(session.userAgent) })),
    currentSession: sessionKey(req.sessionID),
  });

  router.get('/', async (req, res) => {
    res.render(PAGE, { ...(await locals(null)(req)), form: memberOf(req).user });
  });

  router.post('/', parseForm(profileForm, PAGE, locals('profile')), async (req, res) => {
    const form = res.locals.form;
    const asked = await account.updateProfile(memberOf(req), form, {
      ip: addressOf(req),
      confirm: () => confirmation.ensure(req),
    });
    rememberLanguage(req, res, form.language);
    flash(req, 'success', asked ? 'account.email.asked' : 'account.profile.done', { email: form.email });
    res.redirect(303, '/account');
  });

  router.post('/confirm-email', async (req, res) => {
    await emailChanges.askOwn(memberOf(req));
    flash(req, 'info', 'account.email.own_asked', { email: memberOf(req).user.email });
    res.redirect(303, '/account');
  });

  router.post('/password', parseForm(passwordForm, PAGE, locals('password')), async (req, res) => {
    await signIn.as(await account.changePassword(memberOf(req), res.locals.form, addressOf(req)), req, res);
    flash(req, 'success', 'account.password.done');
    res.redirect(303, '/account');
  });

  router.post('/sessions/end-others', async (req, res) => {
    const count = await account.endOtherSessions(memberOf(req), sessionKey(req.sessionID), addressOf(req));
    flash(req, 'success', 'account.sessions.ended', { count });
    res.redirect(303, '/account');
  });

  router.post('/sessions/:id/end', async (req, res) => {
    await account.endSession(memberOf(req), req.params.id, addressOf(req));
    flash(req, 'success', 'account.sessions.ended', { count: 1 });
    res.redirect(303, '/account');
  });

  router.post('/delete', parseForm(deleteForm, PAGE, locals('delete')), async (req, res) => {
    await account.delete(memberOf(req), res.locals.form.password, addressOf(req));
    await signIn.out(req, res);
    flash(req, 'info', 'account.delete.done');
    res.redirect(303, '/');
  });

  return router;
}
