import { type RequestHandler, type Response, Router } from 'express';
import { EVENT_KINDS } from '#core/audit-actions.ts';
import type { Words } from '#features/activity/feature.ts';
import { PAGE_SIZE as ACTIVITY_PAGE, ACTOR_KINDS, type ActivityFilter } from '#features/activity/feature.ts';
import type { AuthApi } from '#features/auth/feature.ts';
import type { Upgrades } from '#features/billing/feature.ts';
import { parseForm } from '#web/form.ts';
import { memberOf, requireAdmin } from '#web/guards.ts';
import { pageOf } from '#web/paging.ts';
import { auditExportForm, auditQuery, botsQuery } from './admin.schema.ts';
import type { AdminService } from './admin.service.ts';
import { type AdminBotsRead, BOT_STATES, PAGE_SIZE as BOTS_PAGE } from './bots.read.ts';
import type { Oversight } from './oversight.ts';
import { adminOf, type PeopleDeps, peopleRoutes } from './people.routes.ts';
import type { Support } from './support.service.ts';
import { type SupportViewDeps, supportViewRoutes } from './support-view.routes.ts';
import { upgradesRoutes } from './upgrades.routes.ts';

export interface AdminDeps extends PeopleDeps, Pick<SupportViewDeps, 'conversations' | 'messages'> {
  support: Support;
  upgrades: Upgrades;
  admin: AdminService;
  oversight: Oversight;
  adminBots: AdminBotsRead;
  aiConfigured: boolean;
  sendActivity: (filter: Omit<ActivityFilter, 'before'>, res: Response) => Promise<void>;
  twoFactor: Pick<AuthApi['twoFactor'], 'isOn'>;
  env: { ADMIN_TWO_FACTOR: 'required' | 'optional'; META_VERIFY_TOKEN: string; PUBLIC_URL?: string | undefined; PORT: number };
}

/** An admin without an authenticator app is led to set one up, or told to. */
const secondFactor =
  ({ twoFactor, env }: Pick<AdminDeps, 'twoFactor' | 'env'>): RequestHandler =>
  async (req, res, next) => {
    const isMissing = !(await twoFactor.isOn(memberOf(req).user.id));
    if (isMissing && env.ADMIN_TWO_FACTOR === 'required') return res.redirect(303, '/account/two-factor');
    res.locals['lacksTwoFactor'] = isMissing;
    next();
  };

export function adminRoutes(deps: AdminDeps): Router {
  const { admin, oversight, adminBots, activityLog, sendActivity, env, aiConfigured } = deps;
  const router = Router();
  router.use(requireAdmin, secondFactor(deps));

  router.get('/', async (_req, res) => {
    const webhooks = { token: env.META_VERIFY_TOKEN, origin: env.PUBLIC_URL ?? `http://localhost:${env.PORT}` };
    res.render('admin/index', { ...(await oversight.look(new Date())), webhooks, aiConfigured });
  });

  router.use('/users', peopleRoutes(deps));
  router.use('/users', supportViewRoutes(deps));
  router.use('/upgrades', upgradesRoutes(deps));

  router.get('/bots', async (req, res) => {
    const query = botsQuery.parse(req.query);
    const { shown, last } = pageOf(await adminBots(query), BOTS_PAGE);
    res.render('admin/bots', { bots: shown, next: last?.id, query, states: BOT_STATES });
  });

  const choices = { actorKinds: ACTOR_KINDS, kinds: EVENT_KINDS };
  router.get('/audit', async (req, res) => {
    const query = auditQuery.parse(req.query);
    const { shown, last } = pageOf(await activityLog(query, res.locals as Words), ACTIVITY_PAGE);
    res.render('admin/audit', { lines: shown, next: last?.id, query, ...choices });
  });

  const noLines = () => ({ lines: [], next: null, query: auditQuery.parse({}), ...choices });
  router.post('/audit/export', parseForm(auditExportForm, 'admin/audit', noLines), async (req, res) => {
    const { form } = res.locals;
    await admin.exported(adminOf(req), form);
    await sendActivity(form, res);
  });
  return router;
}
