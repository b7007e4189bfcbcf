import { type Response, Router } from 'express';
import { EVENT_KINDS } from '#core/audit-actions.ts';
import type { Words } from '#features/activity/feature.ts';
import { ACTOR_KINDS, PAGE_SIZE as TRAIL_PAGE, type TrailFilter } from '#features/activity/feature.ts';
import type { Upgrades } from '#features/billing/feature.ts';
import { parseForm } from '#web/form.ts';
import { requireAdmin } from '#web/guards.ts';
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
  /** Whether an AI is set up on this installation. */
  aiConfigured: boolean;
  sendTrail: (filter: Omit<TrailFilter, 'before'>, res: Response) => Promise<void>;
  env: { META_VERIFY_TOKEN: string; PUBLIC_URL?: string | undefined; PORT: number };
}

/** /admin: the installation as its admins see it; to anybody else it does not exist. Mounted behind requireMember in src/app.ts. */
export function adminRoutes(deps: AdminDeps): Router {
  const { admin, oversight, adminBots, spokenTrail, sendTrail, env, aiConfigured } = deps;
  const router = Router();
  router.use(requireAdmin);

  router.get('/', async (_req, res) => {
    const webhooks = { token: env.META_VERIFY_TOKEN, origin: env.PUBLIC_URL ?? `http://localhost:${env.PORT}` };
    res.render('admin/index', { ...(await oversight.look(new Date())), webhooks, aiConfigured });
  });

  router.use('/users', peopleRoutes(deps));
  router.use('/users', supportViewRoutes(deps));
  router.use('/upgrades', upgradesRoutes(deps));

  router.get('/bots', async (req, res) => {
    const query = botsQuery.parse(req.query);
    const rows = await adminBots(query);
    const shown = rows.slice(0, BOTS_PAGE);
    const next = rows.length > BOTS_PAGE ? shown.at(-1)?.id : null;
    res.render('admin/bots', { bots: shown, next, query, states: BOT_STATES });
  });

  const choices = { actorKinds: ACTOR_KINDS, kinds: EVENT_KINDS };
  router.get('/audit', async (req, res) => {
    const query = auditQuery.parse(req.query);
    const rows = await spokenTrail(query, res.locals as Words);
    const shown = rows.slice(0, TRAIL_PAGE);
    const next = rows.length > TRAIL_PAGE ? shown.at(-1)?.id : null;
    res.render('admin/audit', { lines: shown, next, query, ...choices });
  });

  const noLines = () => ({ lines: [], next: null, query: auditQuery.parse({}), ...choices });
  router.post('/audit/export', parseForm(auditExportForm, 'admin/audit', noLines), async (req, res) => {
    const { form } = res.locals;
    await admin.exported(adminOf(req), form);
    await sendTrail(form, res);
  });
  return router;
}
