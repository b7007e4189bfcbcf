import { type Request, type Response, Router } from 'express';
import { PLAN_NAMES, PLANS } from '#core/plans.ts';
import { dayIn } from '#core/time.ts';
import type { SpokenTrail, Words } from '#features/activity/feature.ts';
import type { Period, SubscriptionRepo } from '#features/billing/feature.ts';
import { flash } from '#web/flash.ts';
import { emptyForm, parseForm } from '#web/form.ts';
import { memberOf } from '#web/guards.ts';
import { peopleQuery, subscriptionForm } from './admin.schema.ts';
import type { AdminActor, AdminService } from './admin.service.ts';
import type { AdminBotsRead } from './bots.read.ts';
import { PAGE_SIZE, type PeopleRead, type Person, STATES } from './people.read.ts';
import type { Support } from './support.service.ts';

export interface PeopleDeps {
  admin: AdminService;
  people: PeopleRead;
  subscriptions: Pick<SubscriptionRepo, 'periods' | 'months'>;
  adminBots: AdminBotsRead;
  spokenTrail: SpokenTrail;
  support: Pick<Support, 'find'>;
}

const AUDIT_SHOWN = 20;
const DEFAULT_TIME_ZONE = 'Asia/Tashkent';
const ACTS = ['suspend', 'restore', 'grant', 'revoke'] as const;
export const adminOf = (req: Request): AdminActor => ({ actorId: memberOf(req).user.id, ip: req.ip });

/** /admin/users: people and their businesses. Mounted behind requireAdmin in admin.routes.ts. */
export function peopleRoutes({ admin, people, subscriptions, adminBots, spokenTrail, support }: PeopleDeps): Router {
  const router = Router();

  router.get('/', async (req, res) => {
    const query = peopleQuery.parse(req.query);
    const rows = await people.listAcrossTenants(query);
    const shown = rows.slice(0, PAGE_SIZE);
    const next = rows.length > PAGE_SIZE ? shown.at(-1)?.id : null;
    res.render('admin/users', { people: shown, next, query, plans: PLAN_NAMES, states: STATES });
  });

  // Nobody: 404 before the form is looked at.
  router.param('id', async (_req, res, next, id: unknown) => {
    res.locals['subject'] = await admin.find(id);
    next();
  });

  // Read anew: what was found at first may have changed since.
  async function pageOf(_req: Request, res: Response) {
    const person = await admin.find(res.locals['subject'].id);
    const { tenantId } = person;
    const filter = { q: '', tenantId, after: null };
    const [periods, months, members, bots, lines] = tenantId
      ? await Promise.all([
          subscriptions.periods(tenantId),
          subscriptions.months(tenantId),
          people.members(tenantId),
          adminBots({ ...filter, state: 'all' }),
          spokenTrail({ q: '', tenantId, actorKind: null, before: null }, res.locals as Words, AUDIT_SHOWN),
        ])
      : [[], [], [], [], []];
    const supportGrant = tenantId ? await support.find(tenantId, new Date()) : null;
    const [current] = periods;
    const form = formOf(current?.active ? current : undefined, person.timeZone ?? DEFAULT_TIME_ZONE);
    const planChoices = PLAN_NAMES.map((name) => ({ value: name, label: name }));
    return { person, acts: actsOn(person), periods, months, members, bots, lines, form, planChoices, supportGrant };
  }

  router.get('/:id', async (req, res) => {
    res.render('admin/user', await pageOf(req, res));
  });

  router.post('/:id/subscription', parseForm(subscriptionForm, 'admin/user', pageOf), async (req, res) => {
    await admin.changePlan(adminOf(req), req.params.id, res.locals.form);
    flash(req, 'success', 'admin.user.done.plan');
    res.redirect(303, `/admin/users/${req.params.id}`);
  });

  for (const act of ACTS) {
    router.post(`/:id/${act}`, parseForm(emptyForm, 'admin/user', pageOf), async (req, res) => {
      await admin[act](adminOf(req), req.params.id);
      flash(req, 'success', `admin.user.done.${act}`);
      res.redirect(303, `/admin/users/${req.params.id}`);
    });
  }
  return router;
}

/** An admin is not suspended, and nobody suspended becomes one. */
function actsOn({ suspended, isAdmin }: Person): (typeof ACTS)[number][] {
  if (isAdmin) return suspended ? ['restore', 'revoke'] : ['revoke'];
  return suspended ? ['restore'] : ['suspend', 'grant'];
}

/** The plan in force as the form has it: its own limits are left empty, the end is the last day of it. */
function formOf(period: Period | undefined, timeZone: string): Record<string, string> {
  if (!period) return { subscriptionType: 'FREE' };
  const plan = PLANS[period.type];
  return {
    subscriptionType: period.type,
    endDate: period.endsAt ? dayIn(new Date(period.endsAt.getTime() - 1), timeZone) : '',
    maxBots: period.maxBots === plan.maxBots ? '' : String(period.maxBots),
    maxMessagesPerMonth: period.maxMessagesPerMonth === plan.maxMessagesPerMonth ? '' : String(period.maxMessagesPerMonth),
  };
}
