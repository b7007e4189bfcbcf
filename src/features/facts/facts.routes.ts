import { type Request, type RequestParamHandler, type Response, Router } from 'express';
import { sayNow } from '#answering/say-hours.ts';
import type { Sentence } from '#answering/sentences.ts';
import { type BusinessFacts, PAYMENT_METHODS } from '#core/business-facts.ts';
import type { Note } from '#core/importing/note.ts';
import type { Language } from '#core/languages.ts';
import { actorOf } from '#web/actor.ts';
import { flash } from '#web/flash.ts';
import { parseForm } from '#web/form.ts';
import { requires, tenantOf } from '#web/guards.ts';
import { factsForm, TIME_ZONES } from './facts.schema.ts';
import type { FactsService } from './facts.service.ts';
import { DAYS } from './facts-fields.ts';
import { factsOf, formOf, rowsOf } from './facts-form.ts';

interface Deps {
  facts: FactsService;
  loadBot: RequestParamHandler;
  sentence: Sentence;
  /** What entries say otherwise. */
  contradicting: (of: { tenantId: string; botId: string }, facts: BusinessFacts) => Promise<Note[]>;
}

export function factsRoutes({ facts, loadBot, sentence, contradicting }: Deps): Router {
  const router = Router();
  const botOf = (res: Response): { id: string } => res.locals['bot'];
  router.param('id', loadBot);

  const shown = { rowsOf, days: DAYS, methods: PAYMENT_METHODS, timeZones: [...TIME_ZONES] };
  const pageLocals = async (req: Request, res: Response) => {
    const stored = await facts.read(tenantOf(req), botOf(res).id);
    const language = res.locals['language'] as Language;
    return { ...shown, stored, saysNow: sayNow({ ...stored, now: new Date(), language, sentence, own: (text) => text }) };
  };

  router.get('/:id/facts', async (req, res) => {
    const locals = await pageLocals(req, res);
    const { t } = res.locals;
    const words = { closed: t('facts.hours.closed'), always: t('facts.hours.always') };
    res.render('facts/edit', { ...locals, form: formOf(locals.stored, words), errors: {} });
  });

  router.post('/:id/facts', requires('settings'), parseForm(factsForm, 'facts/edit', pageLocals), async (req, res) => {
    const { form } = res.locals;
    await facts.save(actorOf(req), botOf(res).id, form, tenantOf(req).timeZone);
    flash(req, 'success', form.act === 'copyMonday' ? 'facts.saved.copied' : 'facts.saved.done');
    const of = { tenantId: tenantOf(req).id, botId: botOf(res).id };
    for (const note of await contradicting(of, factsOf(form))) flash(req, 'info', `imports.note.${note.kind}`, { ...note });
    res.redirect(303, `/bots/${botOf(res).id}/facts`);
  });

  return router;
}
