import { type Request, type RequestParamHandler, type Response, Router } from 'express';
import { actorOf } from '#web/actor.ts';
import { flash } from '#web/flash.ts';
import { emptyForm, parseForm } from '#web/form.ts';
import { requires, tenantOf } from '#web/guards.ts';
import type { Entry } from './knowledge.read.ts';
import { SHOWN } from './knowledge.read.ts';
import { entryForm, listQuery, manyForm, questionsForm } from './knowledge.schema.ts';
import type { KnowledgeService } from './knowledge.service.ts';
import type { NotesAtSave, SavedEntry, SavedFacts } from './notes-at-save.ts';

interface Deps {
  knowledge: KnowledgeService;
  /** Whether the AI suggests questions. */
  isSuggesting: boolean;
  loadBot: RequestParamHandler;
  notes: NotesAtSave;
  factsOf: (tenantId: string, botId: string) => Promise<SavedFacts>;
}

export function knowledgeRoutes({ knowledge, isSuggesting, loadBot, notes, factsOf }: Deps): Router {
  const router = Router();
  const botOf = (res: Response): { id: string } => res.locals['bot'];
  const listPath = (res: Response): string => `/bots/${botOf(res).id}/knowledge`;
  router.param('id', loadBot);

  const listLocals = async (req: Request, res: Response) => {
    const query = listQuery.parse(req.query);
    return { query, shown: SHOWN, ...(await knowledge.list(tenantOf(req).id, botOf(res).id, query)) };
  };
  // A missing or foreign entry is 404 before its form is checked.
  router.param('entryId', async (req, res, next, entryId: unknown) => {
    res.locals['entry'] = await knowledge.find(tenantOf(req).id, botOf(res).id, entryId);
    next();
  });

  router.get('/:id/knowledge', async (req, res) => {
    const locals = await listLocals(req, res);
    res.render('knowledge/index', { ...locals, form: { title: locals.query.title }, errors: {} });
  });

  router.post('/:id/knowledge', requires('teach'), parseForm(entryForm, 'knowledge/index', listLocals), async (req, res) => {
    const { form } = res.locals;
    const id = await knowledge.create(actorOf(req), botOf(res).id, form);
    flash(req, 'success', 'knowledge.create.done', { title: form.title });
    await sayNotes(req, res, { id, ...form });
    res.redirect(303, listPath(res));
  });

  async function sayNotes(req: Request, res: Response, entry: SavedEntry): Promise<void> {
    const { id: tenantId, timeZone } = tenantOf(req);
    const of = { tenantId, botId: botOf(res).id };
    const found = await notes.ofEntry(of, entry, await factsOf(tenantId, of.botId), timeZone, new Date());
    for (const note of found) flash(req, 'info', `imports.note.${note.kind}`, { ...note });
  }

  router.post(
    '/:id/knowledge/delete',
    requires('delete'),
    parseForm(manyForm, 'knowledge/index', listLocals),
    async (req, res) => {
      const ids = await knowledge.removeMany(actorOf(req), botOf(res).id, res.locals.form.ids);
      flash(req, 'success', 'knowledge.many.deleted', { count: ids.length });
      res.redirect(303, `${listPath(res)}?undo=${ids.join(',')}`);
    },
  );

  router.post(
    '/:id/knowledge/restore',
    requires('delete'),
    parseForm(manyForm, 'knowledge/index', listLocals),
    async (req, res) => {
      const count = await knowledge.restoreMany(actorOf(req), botOf(res).id, res.locals.form.ids);
      flash(req, 'success', 'knowledge.many.restored', { count });
      res.redirect(303, listPath(res));
    },
  );

  const editLocals = async (req: Request, res: Response) => ({
    isSuggesting,
    questions: await knowledge.questionsOf(tenantOf(req).id, botOf(res).id, res.locals['entry'].id),
  });

  router.get('/:id/knowledge/:entryId', async (req, res) => {
    res.render('knowledge/edit', { ...(await editLocals(req, res)), form: formOf(res.locals['entry']), errors: {} });
  });

  router.post(
    '/:id/knowledge/:entryId',
    requires('teach'),
    parseForm(entryForm, 'knowledge/edit', editLocals),
    async (req, res) => {
      await knowledge.update(actorOf(req), botOf(res).id, req.params['entryId'], res.locals.form);
      flash(req, 'success', 'knowledge.edit.done', { title: res.locals.form.title });
      await sayNotes(req, res, { id: String(req.params['entryId']), ...res.locals.form });
      res.redirect(303, listPath(res));
    },
  );

  const questionsPath = '/:id/knowledge/:entryId/questions';
  router.post(questionsPath, requires('teach'), parseForm(questionsForm, 'knowledge/edit', editLocals), async (req, res) => {
    await knowledge.saveQuestions(actorOf(req), botOf(res).id, req.params['entryId'], res.locals.form.questions);
    flash(req, 'success', 'knowledge.questions.done', { title: res.locals['entry'].title });
    res.redirect(303, `${listPath(res)}/${req.params['entryId']}`);
  });

  router.post(
    '/:id/knowledge/:entryId/delete',
    requires('delete'),
    parseForm(emptyForm, 'knowledge/edit', editLocals),
    async (req, res) => {
      const title = await knowledge.remove(actorOf(req), botOf(res).id, req.params['entryId']);
      flash(req, 'success', 'knowledge.delete.done', { title });
      res.redirect(303, listPath(res));
    },
  );
  return router;
}

/** The day as its field has it. */
const formOf = (entry: Entry) => ({ ...entry, validUntil: entry.validUntil?.toISOString().slice(0, 10) ?? '' });
