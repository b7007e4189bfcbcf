import { type Response, Router } from 'express';
import { z } from 'zod';
import { EVENT_KINDS } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { addDays, isDay, startOfDay } from '#core/time.ts';
import { actorOf } from '#web/actor.ts';
import { parseForm, searchField } from '#web/form.ts';
import { memberOf, requires } from '#web/guards.ts';
import { numberCursor, pageOf } from '#web/paging.ts';
import { type ActivityFilter, PAGE_SIZE } from './activity.read.ts';
import type { ActivityLog } from './activity-log.ts';
import type { Words } from './activity-sentences.ts';

interface Deps {
  activityLog: ActivityLog;
  sendActivity: (filter: Omit<ActivityFilter, 'before'>, res: Response) => Promise<void>;
  audit: AuditLog;
}

const day = z.string().refine(isDay).catch('');
// Events of the installation belong to no business.
const KINDS = EVENT_KINDS.filter((kind) => kind !== 'installation');
const kind = z.enum(EVENT_KINDS).nullable().catch(null);
const filter = { q: searchField, kind, from: day, until: day };
const pageQuery = z.object({ ...filter, before: numberCursor });
const exportForm = z.strictObject(filter);

export function activityRoutes({ activityLog, sendActivity, audit }: Deps): Router {
  const router = Router();

  router.get('/audit', requires('oversight'), async (req, res) => {
    const query = pageQuery.parse(req.query);
    const filter = { ...filterOf(memberOf(req).tenant, query), before: query.before };
    const { shown, last } = pageOf(await activityLog(filter, res.locals as Words), PAGE_SIZE);
    res.render('audit/index', { lines: shown, next: last?.id, query, kinds: KINDS });
  });

  const nothing = () => ({ lines: [], next: null, query: pageQuery.parse({}), kinds: KINDS });
  router.post('/audit/export', requires('export'), parseForm(exportForm, 'audit/index', nothing), async (req, res) => {
    const { form } = res.locals;
    await audit.record({ ...actorOf(req), action: 'audit.exported', details: form });
    await sendActivity(filterOf(memberOf(req).tenant, form), res);
  });
  return router;
}

/** Days are in the business's time zone; `until` includes its day. */
function filterOf({ id, timeZone }: { id: string; timeZone: string }, { q, kind, from, until }: z.output<typeof exportForm>) {
  return {
    q,
    kind,
    tenantId: id,
    actorKind: null,
    from: from ? startOfDay(from, timeZone) : null,
    until: until ? startOfDay(addDays(until, 1), timeZone) : null,
  };
}
