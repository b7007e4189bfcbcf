import { type Request, type RequestParamHandler, type Response, Router } from 'express';
import { actorOf } from '#web/actor.ts';
import { flash } from '#web/flash.ts';
import { emptyForm, parseForm } from '#web/form.ts';
import { requireOwner, tenantOf } from '#web/guards.ts';
import { entryForm, listQuery } from './knowledge.schema.ts';
import type { KnowledgeService } from './knowledge.service.ts';

interface Deps {
  knowledge: KnowledgeService;
  loadBot: RequestParamHandler;
}

/** /bots/:id/knowledge: what a bot answers from. Mounted at /bots behind requireMember in src/app.ts. */
export function knowledgeRoutes({ knowledge, loadBot }: Deps): Router {
  const router = Router();
  const botOf = (res: Response): { id: string } => res.locals['bot'];
  const listPath = (res: Response): string => `/bots/${botOf(res).id}/knowledge`;
  router.param('id', loadBot);

  const listLocals = async (req: Request, res: Response) => {
    const query = listQuery.parse(req.query);
    return { query, ...(await knowledge.list(tenantOf(req).id, botOf(res).id, query)) };
  };
  // An entry that is gone, or another bot's, is 404 before its form is looked at.
  router.param('entryId', async (req, res, next, entryId: unknown) => {
    res.locals['entry'] = await knowledge.find(tenantOf(req).id, botOf(res).id, entryId);
    next();
  });

  router.get('/:id/knowledge', async (req, res) => {
    const locals = await listLocals(req, res);
    res.render('knowledge/index', { ...locals, form: { title: locals.query.title }, errors: {} });
  });

  router.post('/:id/knowledge', requireOwner, parseForm(entryForm, 'knowledge/index', listLocals), async (req, res) => {
    const { form } = res.locals;
    await knowledge.create(actorOf(req), botOf(res).id, form);
    flash(req, 'success', 'knowledge.create.done', { title: form.title });
    res.redirect(303, listPath(res));
  });

  router.get('/:id/knowledge/:entryId', (_req, res) => {
    res.render('knowledge/edit', { form: res.locals['entry'], errors: {} });
  });

  router.post('/:id/knowledge/:entryId', requireOwner, parseForm(entryForm, 'knowledge/edit'), async (req, res) => {
    await knowledge.update(actorOf(req), botOf(res).id, req.params['entryId'], res.locals.form);
    flash(req, 'success', 'knowledge.edit.done', { title: res.locals.form.title });
    res.redirect(303, listPath(res));
  });

  router.post('/:id/knowledge/:entryId/delete', requireOwner, parseForm(emptyForm, 'knowledge/edit'), async (req, res) => {
    const title = await knowledge.remove(actorOf(req), botOf(res).id, req.params['entryId']);
    flash(req, 'success', 'knowledge.delete.done', { title });
    res.redirect(303, listPath(res));
  });
  return router;
}
