import { type Request, type RequestParamHandler, type Response, Router } from 'express';
import type { AuditLog } from '#core/audit-log.ts';
import { actorOf } from '#web/actor.ts';
import { flash } from '#web/flash.ts';
import { emptyForm, parseForm } from '#web/form.ts';
import { requires, tenantOf } from '#web/guards.ts';
import type { Revision } from './revisions.queries.ts';
import { listQuery } from './revisions.schema.ts';
import type { RevisionsService } from './revisions.service.ts';

interface Deps {
  revisions: RevisionsService;
  audit: AuditLog;
  loadBot: RequestParamHandler;
}

export function revisionsRoutes({ revisions, audit, loadBot }: Deps): Router {
  const router = Router();
  const botOf = (res: Response): { id: string } => res.locals['bot'];
  const revisionOf = (res: Response): Revision => res.locals['revision'];
  router.param('id', loadBot);
  router.param('revisionId', async (req, res, next, id: unknown) => {
    res.locals['revision'] = await revisions.find(tenantOf(req).id, botOf(res).id, id);
    next();
  });

  router.get('/:id/revisions', async (req, res) => {
    const query = listQuery.parse(req.query);
    res.render('revisions/index', { query, ...(await revisions.list(tenantOf(req).id, botOf(res).id, query)) });
  });

  const detail = async (req: Request, res: Response) => ({
    one: await revisions.detail(tenantOf(req).id, botOf(res).id, revisionOf(res)),
  });

  router.get('/:id/revisions/:revisionId', async (req, res) => {
    res.render('revisions/show', { ...(await detail(req, res)), errors: {} });
  });

  for (const act of ['restore', 'undo'] as const) {
    const path = `/:id/revisions/:revisionId/${act}`;
    router.post(path, requires('settings'), parseForm(emptyForm, 'revisions/show', detail), async (req, res) => {
      const { id, subject, subjectId } = revisionOf(res);
      await revisions[act](actorOf(req), botOf(res).id, revisionOf(res));
      const details = { subject, subjectId, revision: String(id) };
      await audit.record({ ...actorOf(req), action: 'revision.restored', targetType: 'bot', targetId: botOf(res).id, details });
      flash(req, 'success', `revisions.${act}.done`);
      res.redirect(303, `/bots/${botOf(res).id}/revisions?subject=${subject}&subjectId=${subjectId}`);
    });
  }
  return router;
}
