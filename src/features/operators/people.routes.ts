import { type Request, type Response, Router } from 'express';
import { PLAN_NAMES, PLANS } from '#core/plans.ts';
import { DEFAULT_TIME_ZONE, dayIn } from '#core/time.ts';
import type { ActivityLog, Words } from '#features/activity/feature.ts';
import type { PasswordConfirmation } from '#features/auth/feature.ts';
import type { Period, SubscriptionRepo } from '#features/billing/feature.ts';
import type { InstallationGrants } from '#features/connections/feature.ts';
import { ipOf } from '#web/client-address.ts';
import { flash } from '#web/flash.ts';
import { emptyForm, parseForm } from '#web/form.ts';
import { memberOf } from '#web/guards.ts';
import { pageOf } from '#web/paging.ts';
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
  activityLog: ActivityLog;
  support: Pick<Support, 'find'>;
  grants: Pick<InstallationGrants, 'has'>;
  confirmed: PasswordConfirmation['confirmed'];
  /** The installation has credentials of its own. */
  hasValues: boolean;
}

const AUDIT_SHOWN = 20;
const ACTS = ['suspend', 'restore', 'grant', 'revoke'] as const;
const VALUES_ACTS = { lend: 'lendValues', withdraw: 'withdrawValues' } as const;
export const adminOf = (req: Request): AdminActor => ({ actorId: memberOf(req).user.id, ip: ipOf(req) ?? undefined });

export function peopleRoutes({
  admin,
  people,
  subscriptions,
  adminBots,
  activityLog,
  support,
  grants,
  confirmed,
  hasValues,
}: PeopleDeps): Router {
  const router = Router();

  router.get('/', async (req, res) => {
    const query = peopleQuery.parse(req.query);
    const { shown, last } = pageOf(await people.listAcrossTenants(query), PAGE_SIZE);
    res.render('admin/users', { people: shown, next: last?.id, query, plans: PLAN_NAMES, states: STATES });
  });

  // 404 for an unknown person, before the form is checked.
  router.param('id', async (_req, res, next, id: unknown) => {
    res.locals['subject'] = await admin.find(id);
    next();
  });

  // Reads the person again, because the act may have changed them.
  async function personPage(req: Request, res: Response) {
    const person = await admin.find(res.locals['subject'].id);
    const { tenantId } = person;
    const filter = { q: '', tenantId, after: null };
    const [periods, months, members, bots, lines] = tenantId
      ? await Promise.all([
          subscriptions.periods(tenantId),
          subscriptions.months(tenantId),
          people.members(tenantId),
          adminBots({ ...filter, state: 'all' }),
          activityLog({ q: '', tenantId, actorKind: null, before: null }, res.locals as Words, AUDIT_SHOWN),
        ])
      : [[], [], [], [], []];
    const supportGrant = tenantId ? await support.find(tenantId, new Date()) : null;
    const values = hasValues && tenantId ? { granted: await grants.has(tenantId) } : null;
    const [current] = periods;
    const refused = req.method === 'POST' ? req.path.split('/').at(-1) : null;
    const plan = formOf(current?.active ? current : undefined, person.timeZone ?? DEFAULT_TIME_ZONE);
    const planChoices = PLAN_NAMES.map((name) => ({ value: name, label: name }));
    return {
      person,
      acts: actsOn(person),
      periods,
      months,
      members,
      bots,
      lines,
      plan,
      planChoices,
      supportGrant,
      values,
      refused,
    };
  }

  router.get('/:id', async (req, res) => {
    res.render('admin/user', await personPage(req, res));
  });

  router.post('/:id/subscription', parseForm(subscriptionForm, 'admin/user', personPage), confirmed(), async (req, res) => {
    await admin.changePlan(adminOf(req), req.params.id, res.locals.form);
    flash(req, 'success', 'admin.user.done.plan');
    res.redirect(303, `/admin/users/${req.params.id}`);
  });

  for (const act of ACTS) {
    const needsPassword = confirmed(() => act === 'grant' || act === 'revoke');
    router.post(`/:id/${act}`, parseForm(emptyForm, 'admin/user', personPage), needsPassword, async (req, res) => {
      await admin[act](adminOf(req), req.params.id);
      flash(req, 'success', `admin.user.done.${act}`);
      res.redirect(303, `/admin/users/${req.params.id}`);
    });
  }
  for (const [act, run] of Object.entries(VALUES_ACTS)) {
    router.post(`/:id/installation-values/${act}`, parseForm(emptyForm, 'admin/user', personPage), async (req, res) => {
      await admin[run](adminOf(req), req.params['id']);
      flash(req, 'success', `admin.user.done.${run}`);
      res.redirect(303, `/admin/users/${req.params['id']}`);
    });
  }
  return router;
}

/** Admins cannot be suspended, and a suspended person cannot become an admin. */
function actsOn({ suspended, isAdmin }: Person): (typeof ACTS)[number][] {
  if (isAdmin) return suspended ? ['restore', 'revoke'] : ['revoke'];
  return suspended ? ['restore'] : ['suspend', 'grant'];
}

/** The plan as form values. Limits equal to the plan's own stay empty; the end is its last day. */
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
