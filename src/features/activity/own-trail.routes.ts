import { type Response, Router } from 'express';
import { z } from 'zod';
import { EVENT_KINDS, type EventKind } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { addDays, isDay, startOfDay } from '#core/time.ts';
import { actorOf } from '#web/actor.ts';
import { parseForm } from '#web/form.ts';
import { memberOf, requireOwner } from '#web/guards.ts';
import type { Words } from './audit-sentences.ts';
import type { TrailFilter } from './audit-trail.read.ts';
import type { SpokenTrail } from './spoken-trail.ts';

interface Deps {
  spokenTrail: SpokenTrail;
  sendTrail: (filter: Omit<TrailFilter, 'before'>, res: Response) => Promise<void>;
  audit: AuditLog;
}

const PAGE_SIZE = 50;
const day = z.string().refine(isDay).catch('');
const q = z
  .string()
  .trim()
  .max(100)
  .transform((text) => text.replaceAll('\0', ''))
  .catch('');
// What is done to the installation is in no business' trail.
const KINDS = EVENT_KINDS.filter((kind) => kind !== 'installation');
const kind = z.enum(EVENT_KINDS).nullable().catch(null);
const filter = { q, kind: z.preprocess((value) => value || null, kind), from: day, until: day };
const before = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).nullable().catch(null);
const pageQuery = z.object({ ...filter, before: z.preprocess((value) => value ?? null, before) });
const exportForm = z.strictObject({ q: q.optional(), kind: filter.kind.optional(), from: day.optional(), until: day.optional() });

/** /account/audit: what was done in one's own business. Mounted at /account behind requireMember in src/app.ts. */
export function ownTrailRoutes({ spokenTrail, sendTrail, audit }: Deps): Router {
  const router = Router();

  router.get('/audit', requireOwner, async (req, res) => {
    const query = pageQuery.parse(req.query);
    const filter = { ...filterOf(memberOf(req).tenant, query), before: query.before };
    const lines = await spokenTrail(filter, res.locals as Words, PAGE_SIZE + 1);
    const shown = lines.slice(0, PAGE_SIZE);
    res.render('audit/index', { lines: shown, next: lines.length > PAGE_SIZE ? shown.at(-1)?.id : null, query, kinds: KINDS });
  });

  const nothing = () => ({ lines: [], next: null, query: pageQuery.parse({}), kinds: KINDS });
  router.post('/audit/export', requireOwner, parseForm(exportForm, 'audit/index', nothing), async (req, res) => {
    const { form } = res.locals;
    await audit.record({ ...actorOf(req), action: 'audit.exported', details: form });
    await sendTrail(filterOf(memberOf(req).tenant, form), res);
  });
  return router;
}

type Wanted = {
  q?: string | undefined;
  kind?: EventKind | null | undefined;
  from?: string | undefined;
  until?: string | undefined;
};

/** Days are the business' own; `until` counts to its end. */
function filterOf({ id, timeZone }: { id: string; timeZone: string }, { q: text = '', kind, from, until }: Wanted) {
  return {
    q: text,
    kind,
    tenantId: id,
    actorKind: null,
    from: from ? startOfDay(from, timeZone) : null,
    until: until ? startOfDay(addDays(until, 1), timeZone) : null,
  };
}
