import { type Request, Router } from 'express';
import { LANGUAGES } from '#core/languages.ts';
import type { SignIn } from '#features/auth/feature.ts';
import { flash } from '#web/flash.ts';
import { parseForm } from '#web/form.ts';
import { memberOf } from '#web/guards.ts';
import { addressOf } from '#web/limits.ts';
import { rememberLanguage } from '#web/locale.ts';
import { sessionKey } from '#web/session.ts';
import { isFresh } from '#web/sign-in.ts';
import { deleteForm, passwordForm, profileForm } from './account.schema.ts';
import type { AccountService } from './account.service.ts';
import { browserName } from './browser-name.ts';

const LANGUAGE_NAMES = { en: 'English', ru: 'Русский', uz: 'Oʻzbekcha' };
const PAGE = 'account/index';

/** /account: one's own names, language, password, sessions. Mounted behind requireMember. */
export function accountRoutes({ account, signIn }: { account: AccountService; signIn: Pick<SignIn, 'as' | 'out'> }): Router {
  const router = Router();

  /** The page holds several forms; `refused` says which of them came back. */
  const locals = (refused: 'profile' | 'password' | 'delete' | null) => async (req: Request) => ({
    refused,
    fresh: isFresh(req),
    languages: LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] })),
    sessions: (await account.sessions(memberOf(req))).map((session) => ({ ...session, browser: browserName(session.userAgent) })),
    currentSession: sessionKey(req.sessionID),
  });

  router.get('/', async (req, res) => {
    res.render(PAGE, { ...(await locals(null)(req)), form: memberOf(req).user });
  });

  router.post('/', parseForm(profileForm, PAGE, locals('profile')), async (req, res) => {
    await account.updateProfile(memberOf(req), res.locals.form, { ip: addressOf(req), fresh: isFresh(req) });
    rememberLanguage(req, res, res.locals.form.language);
    flash(req, 'success', 'account.profile.done');
    res.redirect(303, '/account');
  });

  router.post('/password', parseForm(passwordForm, PAGE, locals('password')), async (req, res) => {
    const member = memberOf(req);
    await account.changePassword(member, res.locals.form, addressOf(req));
    await signIn.as(member.user.id, req, res);
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
